"""Pruning finds its rows by index on both databases, however many runs there are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tasks_app.models import Task, TaskExecution
from tasks_app.models.prunable_runs import newest_statement, page_statement
from tasks_app.states import Status
from tasks_app.tests.runs import JOB

pytestmark = pytest.mark.django_db
RUNS, TASKS = 6000, 100


@pytest.fixture
def ledger(fresh_tables, ada):
    """Some thousand ended runs of many tasks, and the planner knows it."""
    tasks = [Task(owner=ada, name=f"task {n}", celery_task_name=JOB) for n in range(TASKS)]
    Task.objects.bulk_create(tasks)
    now = timezone.now()
    TaskExecution.objects.bulk_create(
        TaskExecution(
            task=tasks[n % TASKS],
            celery_task_name=JOB,
            trigger="code",
            status=Status.FAILURE if n % 10 == 0 else Status.SUCCESS,
            created_at=now - timedelta(minutes=n),
            finished_at=now - timedelta(minutes=n),
        )
        for n in range(RUNS)
    )
    with connection.cursor() as cursor:
        for table in ("task_executions", "tasks"):
            cursor.execute(f"ANALYZE {table}")
    return now


def plan_of(statement, parameters):
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + statement, parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_by_index(plan, *indexes):
    for index in indexes:
        assert index in plan, plan
    # PostgreSQL: Seq Scan on …; SQLite: SCAN run, without USING INDEX.
    assert "Seq Scan on task_executions" not in plan, plan
    assert not [line for line in plan.splitlines() if line in ("SCAN run", "SCAN child")], plan


@pytest.mark.parametrize("is_first", [True, False])
def test_a_page_of_old_runs(ledger, is_first):
    old = TaskExecution.objects.order_by("created_at")[10]
    moment = _kept(ledger)
    # Beside the last page's end, in the form in which the database keeps it.
    place = [] if is_first else [_kept(old.created_at), old.pk if _has_uuids() else old.pk.hex]

    plan = plan_of(page_statement(is_first=is_first), ["success", *[moment] * 5, *place])

    # That of the status, or where most runs are of it that of all: both are in its order.
    assert_by_index(plan, "executions_newest")
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_newest_runs_of_many_tasks(ledger):
    tasks = list(Task.objects.values_list("pk", flat=True))
    ids = tasks if _has_uuids() else [pk.hex for pk in tasks]

    plan = plan_of(newest_statement(TASKS), [19, 19, *ids])

    assert_by_index(plan, "executions_newest_of_task")


def _kept(moment):
    return connection.ops.adapt_datetimefield_value(moment)


def _has_uuids():
    return connection.features.has_native_uuid_field
