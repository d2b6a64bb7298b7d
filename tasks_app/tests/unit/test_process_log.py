"""Where a process logs, by its command line and LOG_DIR."""

import logging
import logging.config
from pathlib import Path

import pytest

from config.process_log import log_handler

CELERY = "/opt/belfry/.venv/bin/celery"
MODULE = "/opt/belfry/.venv/lib/python3/site-packages/celery/__main__.py"


@pytest.mark.parametrize(
    "arguments, name",
    [
        ([CELERY, "-A", "config", "worker", "-n", "beat@here"], "celery_worker.log"),
        ([MODULE, "-A", "config", "worker"], "celery_worker.log"),
        ([CELERY, "-A", "config", "beat", "-l", "INFO"], "celery_beat.log"),
        ([CELERY, "-A", "config", "status"], "app.log"),
        (["/opt/belfry/.venv/bin/gunicorn", "config.wsgi"], "app.log"),
        (["manage.py", "up", "worker"], "app.log"),
        ([""], "app.log"),
    ],
)
def test_each_kind_of_process_has_its_file(tmp_path: Path, arguments: list[str], name: str) -> None:
    assert log_handler(tmp_path, arguments)["filename"] == str(tmp_path / name)


@pytest.mark.parametrize(
    "arguments, stream",
    [
        ([CELERY, "-A", "config", "worker"], "stdout"),
        ([MODULE, "-A", "config", "beat"], "stdout"),
        (["/opt/belfry/.venv/lib/python3/site-packages/gunicorn/__main__.py"], "stdout"),
        (["manage.py", "create_api_token", "ada"], "stderr"),
        ([CELERY, "-A", "config", "result"], "stderr"),
    ],
)
def test_without_a_folder_servers_log_to_their_output(arguments: list[str], stream: str) -> None:
    assert log_handler(None, arguments)["stream"] == f"ext://sys.{stream}"


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    handler = _made(log_handler(tmp_path / "logs", ["gunicorn"]))
    file = tmp_path / "logs" / "app.log"
    assert not file.exists()

    handler.emit(logging.makeLogRecord({"msg": "one \ud800"}))
    file.rename(file.with_suffix(".log.1"))
    handler.emit(logging.makeLogRecord({"msg": "two"}))

    assert file.with_suffix(".log.1").read_text() == "one \\ud800\n"
    assert file.read_text() == "two\n"
    handler.close()


def test_a_folder_that_cannot_be_made_is_left_to_the_checks(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert log_handler(tmp_path / "file" / "logs", ["gunicorn"])["filename"]


def _made(options: dict[str, object]) -> logging.Handler:
    configurator = logging.config.DictConfigurator({"version": 1})
    handler = configurator.configure_handler(dict(options))
    assert isinstance(handler, logging.Handler)
    return handler
