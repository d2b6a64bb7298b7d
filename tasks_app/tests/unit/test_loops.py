"""Callers in an event loop, where Django refuses to touch the database: Flower, async views."""

import asyncio
from typing import Any

import pytest
from celery import chord
from django.db import connection

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.runtime.loops import beside_the_loop
from tasks_app.tests.canvases import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import run_all
from tasks_app.tests.runs import a_run, now_of

# Another thread sees what is committed only.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _known_jobs() -> Any:
    know_the_tests_jobs()
    yield
    # The thread keeps its connection, and the database of the tests is dropped at the end.
    in_a_loop(lambda: beside_the_loop(_close))


def _close() -> None:
    connection.close()


def in_a_loop(act: Any) -> Any:
    async def main() -> Any:
        return act()

    # Not `asyncio.run`, which leaves this thread without a loop for later tests.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def test_a_call_is_written_down_and_its_result_is_read() -> None:
    result = in_a_loop(lambda: jobs.add.delay(1, 2))
    run_all()

    assert in_a_loop(lambda: result.get(timeout=1)) == 3


def test_a_chord_is_whole() -> None:
    in_a_loop(lambda: chord([jobs.add.s(1), jobs.add.s(2)], jobs.total.s()).delay())
    run_all()

    assert TaskExecution.objects.get(celery_task_name=jobs.total.name).result == 3


def test_a_revoke_cancels_the_row() -> None:
    run = a_run()

    in_a_loop(lambda: celery_app.AsyncResult(str(run.pk)).revoke())

    assert now_of(run).status == "revoked"


@pytest.mark.postgresql
def test_a_connection_that_the_server_ended_is_replaced() -> None:
    """No request begins or ends in that thread, which would notice it."""
    in_a_loop(lambda: jobs.add.delay(1))
    theirs = in_a_loop(lambda: beside_the_loop(_number_of_connection))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [theirs])

    in_a_loop(lambda: jobs.add.delay(2))

    assert TaskExecution.objects.count() == 2


def _number_of_connection() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_an_error_reaches_the_caller() -> None:
    with pytest.raises(ValueError, match="must be a UUID"):
        in_a_loop(lambda: jobs.add.apply_async((1,), task_id="mine"))
