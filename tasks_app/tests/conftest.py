"""What every test may ask for: named people, a real broker, the address of its database."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest
from celery import Celery
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from config import celery_app
from tasks_app.api.known_tokens import known_tokens
from tasks_app.lifecycle import statements
from tasks_app.maintenance import holding, relay, walking
from tasks_app.reporting import backlog
from tasks_app.reporting.backlog import Backlog
from tasks_app.runtime.tally import tally
from tasks_app.tests.flushing import triggers_flushed_too
from tasks_app.tests.isolation import NO_BROKER
from tasks_app.tests.requirement import is_required
from tasks_app.tests.servers.broker import Broker, private_broker
from tasks_app.tests.servers.browser import find_chromium
from tasks_app.tests.system import System, a_system

# A busy machine is slow, and that is no defect of what is tested.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

FOLDERS = ("integration", "acceptance", "browser", "faults")


def pytest_configure() -> None:
    """As if started by hand, and without what would take minutes and guard nothing."""
    # Who starts tests in the background, or by nohup, leaves them and all that they start deaf.
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGINT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    # A test is one transaction, which a slow machine may let stand still for a while.
    statements.STANDSTILL = "59s"
    # Nor does a sweep that stood still for a moment stop half way, or count less often.
    holding.LONGEST = walking.TURN = relay.QUICK = 59.0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder; skip what tells of the other database."""
    on_sqlite = "sqlite" in settings.DATABASES["default"]["ENGINE"]
    other, name = ("postgresql", "PostgreSQL") if on_sqlite else ("sqlite", "SQLite")
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in FOLDERS:
            item.add_marker(folder)
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"tells something about {name}"))


@pytest.fixture
def ada(db: None) -> User:
    """An ordinary user, whose tasks the tests are about."""
    return User.objects.create_user("ada", password="ada's password")


@pytest.fixture
def bob(db: None) -> User:
    """Another ordinary user: the stranger."""
    return User.objects.create_user("bob", password="bob's password")


@pytest.fixture
def root(db: None) -> User:
    """The superuser."""
    return User.objects.create_superuser("root", password="root's password")


@pytest.fixture
def fresh_tables(db: None) -> None:
    """Tables in new files, where plans are looked at: to be asked for before any row is written.

    The rows that other tests rolled back leave pages behind, and the planner counts pages.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE tasks, task_executions, django_celery_beat_periodictask CASCADE"
            )


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A real broker, one for each of pytest's processes; the Celery app rings it."""
    with private_broker() as server, _ringing(celery_app, server.url):
        yield server
        cast(Any, celery_app).pool.force_close_all()


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """A worker and a beat of this test's own, on an empty database and an empty broker."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        system.start()
        yield system


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    with triggers_flushed_too():
        yield


@pytest.fixture(autouse=True)
def _rings_what_it_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test rings what it asked for: what an earlier one used must not answer by chance."""
    asked = "broker" in request.fixturenames
    with _ringing(celery_app, request.getfixturevalue("broker").url if asked else NO_BROKER):
        yield


@pytest.fixture(autouse=True)
def _knows_no_tokens() -> None:
    """What a test's requests looked up answers none of the next test's."""
    known_tokens.clear()


@pytest.fixture(autouse=True)
def _knows_no_backlog(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test let in is gone with its rows."""
    monkeypatch.setattr(backlog, "_backlog", Backlog())


@pytest.fixture(autouse=True)
def _counts_for_itself() -> Iterator[None]:
    """What a test counted, no heartbeat writes during the next one."""
    yield
    tally.forget()


@contextmanager
def _ringing(app: Celery, url: str) -> Iterator[None]:
    """Point the app at a broker while the block lasts, with no connection from before."""
    before = app.conf.broker_url
    try:
        _point(app, url)
        yield
    finally:
        _point(app, before)


def _point(app: Any, url: str) -> None:
    """Typed loosely: the stubs of Celery know neither its pools nor that settings may be set."""
    settings.CELERY_BROKER_URL = app.conf.broker_url = url
    app._pool = app.amqp._producer_pool = None


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    path = find_chromium()
    if not path and is_required("browser"):
        pytest.fail("Chromium was not found. Debian and Ubuntu: apt install chromium")
    return path or pytest.skip("Chromium was not found")
