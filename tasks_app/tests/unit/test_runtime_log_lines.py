"""The process's own log: key=value lines, each with its run."""

import logging
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tasks_app.runtime.logs.key_values import KeyValueFormatter
from tasks_app.runtime.logs.this_run import ThisRun, this_run


def line(message: str, *args: object, **facts: Any) -> str:
    told = {"name": "shop.orders", "levelname": "INFO", "msg": message, "args": args}
    record = logging.makeLogRecord({**told, "created": 1767268800.5, **facts})
    return KeyValueFormatter().format(record)


@pytest.fixture
def run() -> Iterator[ThisRun]:
    run = ThisRun(uuid4(), 3)
    token = this_run.set(run)
    yield run
    this_run.reset(token)


def test_a_line_is_made_of_keys_and_values() -> None:
    assert line("%d orders", 3) == (
        'time=2026-01-01T12:00:00.500Z level=INFO logger=shop.orders message="3 orders"'
    )


def test_a_line_that_is_logged_inside_of_a_run_names_it(run: ThisRun) -> None:
    assert f"logger=shop.orders execution={run.execution_id} attempt=3 message=" in line("x")


def test_celerys_own_line_about_a_run_names_it() -> None:
    assert " execution=7 message=" in line("Task %(id)s received", data={"id": "7"})
    assert " execution=" not in line("ready", data=None)


def test_no_message_can_look_like_another_line() -> None:
    try:
        raise ValueError("no\ntime=1970 level=INFO")
    except ValueError:
        told = line('one\ntime=1970 "two"', exc_info=sys.exc_info())

    first, *rest = told.splitlines()
    assert first.endswith('message="one\\ntime=1970 \\"two\\""')
    assert rest[0] == "  Traceback (most recent call last):"
    assert all(each.startswith("  ") for each in rest)


def test_secrets_are_not_logged() -> None:
    assert "hunter" not in line("login with password=%s", "hunter-22")
