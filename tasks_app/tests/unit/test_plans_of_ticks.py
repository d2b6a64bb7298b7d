"""What beat asks all the time is served by an index, however many schedules there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.models import Task, TaskExecution
from tasks_app.scheduling.buffered import start_next_in_line
from tasks_app.scheduling.disabling import disable_failing
from tasks_app.scheduling.due import claim_due, look_ahead
from tasks_app.scheduling.situation import look as look_around
from tasks_app.scheduling.stale import claim_stale
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import a_schedule
from tasks_app.tests.unit.test_plans import named_by

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
SCHEDULES = 2000


@pytest.fixture
def timers(fresh_tables, ada):
    """Thousands of timers: most fire some day, a few are due, a few are stale."""
    interval = a_schedule().interval_id
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO django_celery_beat_periodictask (name, task, interval_id, args, kwargs,
                headers, enabled, one_off, total_run_count, date_changed, description)
            SELECT 'number ' || n, %s, %s, '[1]', '{}', '{}', true, false, 0, now(), ''
            FROM generate_series(1, %s) AS n
            """,
            [JOB, interval, SCHEDULES],
        )
        cursor.execute(
            """
            UPDATE timers SET spec = '{}', planned_for = now(), next_fire_at = CASE
                WHEN schedule_id % 500 = 0 THEN now()
                WHEN schedule_id % 501 = 0 THEN '1970-01-01' ELSE now() + interval '1 day' END
            """
        )
        cursor.execute("ANALYZE")


@pytest.fixture
def runs(fresh_tables, ada):
    """Thousands of runs of a hundred tasks; a few wait in line, a few tasks watch for failures."""
    tasks = [
        Task(
            owner=ada,
            name=f"number {number}",
            schedule_id=number + 1,
            celery_task_name=JOB,
            disable_after_failures=3 if number < 5 else None,
            overlap="skip",
        )
        for number in range(1000)
    ]
    Task.objects.bulk_create(tasks)
    TaskExecution.objects.bulk_create(
        TaskExecution(
            task=tasks[number % 1000],
            celery_task_name=JOB,
            trigger="schedule",
            status="pending" if number < 20 else "success",
            reason="buffered" if number < 20 else "",
            run_at=None,
            finished_at=None if number < 20 else "2026-01-01T00:00Z",
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def indexes_of(act, table):
    """The indexes that serve what `act` asks of a table."""
    with CaptureQueriesContext(connection) as queries:
        act()
    [question] = [query["sql"] for query in queries if f"{table}" in query["sql"]][:1]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + question)
        return named_by("\n".join(line for (line,) in cursor.fetchall()))


def test_the_look_at_what_comes_next(timers):
    assert indexes_of(look_ahead, "timers") == {"timers_due"}


def test_what_is_due_and_what_was_edited(timers):
    assert "timers_due" in indexes_of(lambda: claim_due(1000), "timers")
    assert "timers_due" in indexes_of(lambda: claim_stale(500), "timers")


def test_ticks_put_aside(timers):
    rows = claim_due(1000)

    assert indexes_of(lambda: look_around(rows), "skips") <= {"one_skip_per_tick"}


def test_the_next_in_line(runs):
    assert "executions_buffered" in indexes_of(start_next_in_line, "task_executions")


def test_tasks_that_watch_for_failures(runs):
    assert "executions_failed" in indexes_of(disable_failing, "tasks")
