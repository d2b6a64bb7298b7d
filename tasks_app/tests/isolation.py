"""Keeps the caller's machine out of the tests. pytest.ini loads it before Django's settings.

No variable that the settings read, no `.env` and no `var/` of the checkout reaches a test, and
what a test writes goes to a temporary folder, one for each of pytest's processes.
"""

import os
import re
import tempfile
from collections.abc import Generator, MutableMapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks_app.tests.servers.postgresql import NOT_FOUND, find_programs, private_postgresql

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"
# Read by what the settings configure: Celery, Django's commands, gunicorn, PostgreSQL's client.
READ_BY_OTHERS = ("BELFRY_", "CELERY_", "DJANGO_", "GUNICORN_", "PG", "WEB_CONCURRENCY")
KEPT = {"BELFRY_REQUIRE"}
# Nobody listens there: a test that rings without asking for a broker is refused at once.
NO_BROKER = "redis://127.0.0.1:1/0"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests run on; postgresql is a private server, made for this run",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Prepare the environment; a wrapper, because pytest-django's own hook reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _settle_in(Path(os.environ["VAR_DIR"]) / worker)
    else:
        forget_the_caller(os.environ)
        _settle_in(_folder_of_the_run(early_config))
        if early_config.known_args_namespace.database == "postgresql":
            os.environ["DATABASE_URL"] = _server_of_the_run(early_config)
    return (yield)


def variables_of_the_settings() -> set[str]:
    """The names that config/settings.py reads, taken from its text: nothing may be set before."""
    return set(re.findall(r'\benv(?:\.\w+)?\(\s*"(\w+)"', SETTINGS.read_text()))


def forget_the_caller(environ: MutableMapping[str, str]) -> None:
    """Drop every variable that could change what the tests see."""
    own = variables_of_the_settings()
    for name in list(environ):
        if name not in KEPT and (name in own or name.startswith(READ_BY_OTHERS)):
            del environ[name]
    environ["BELFRY_IGNORE_DOTENV"] = "true"
    environ["SECRET_KEY"] = "the-key-of-the-tests-which-guards-nothing-and-is-long-enough"


def _settle_in(var_dir: Path) -> None:
    var_dir.mkdir(exist_ok=True)
    (var_dir / "broker.url").write_text(NO_BROKER)
    os.environ["VAR_DIR"] = str(var_dir)


def _folder_of_the_run(config: pytest.Config) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="belfry-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    return Path(folder.name)


def _server_of_the_run(config: pytest.Config) -> str:
    programs = find_programs()
    if not programs:
        raise pytest.UsageError(NOT_FOUND)
    stack = ExitStack()
    config.add_cleanup(stack.close)
    return stack.enter_context(private_postgresql(programs))
