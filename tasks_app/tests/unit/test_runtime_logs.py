"""`--loglevel` is for the log of the process; runs keep what they log from LOG_LEVEL on."""

import logging
from collections.abc import Iterator

import pytest
from celery.utils.log import get_task_logger

from tasks_app.runtime.logs.levels import set_level


@pytest.fixture
def process() -> Iterator[logging.Handler]:
    """The only handler of a root at INFO; all is put back after the test."""
    names = [None, "celery", "celery.task"]
    before = {name: (log := logging.getLogger(name), log.level) for name in names}
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, [logging.NullHandler()]
    root.setLevel(logging.INFO)
    yield root.handlers[0]
    root.handlers = handlers
    for logger, level in before.values():
        logger.setLevel(level)


def test_a_quiet_process_still_keeps_what_its_runs_log(process: logging.Handler) -> None:
    set_level(logging.WARNING)

    assert process.level == logging.WARNING
    assert logging.getLogger("shop.orders").isEnabledFor(logging.INFO)
    assert get_task_logger("shop.orders").isEnabledFor(logging.INFO)
    assert not logging.getLogger("celery.app.trace").isEnabledFor(logging.INFO)


def test_a_talkative_process_keeps_more(process: logging.Handler) -> None:
    set_level(logging.DEBUG)

    assert process.level == logging.DEBUG
    assert logging.getLogger("shop.orders").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("celery.app.trace").isEnabledFor(logging.DEBUG)


def test_without_a_level_nothing_changes(process: logging.Handler) -> None:
    set_level(None)

    assert process.level == logging.NOTSET
