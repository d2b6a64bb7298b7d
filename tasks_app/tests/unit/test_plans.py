"""Each index serves the question it is named for: PostgreSQL's own plan says so."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks_app import lifecycle, services
from tasks_app.models import Task, TaskExecution
from tasks_app.models.waiting import count_waiting
from tasks_app.models.waiting_queues import overdue_queues
from tasks_app.services import Actor
from tasks_app.states import Status
from tasks_app.tests.runs import JOB

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
# A ledger as it is after a while: most runs have ended, some wait, few run or are unsent.
ENDED, WAITING, RUNNING, UNSENT = 3000, 200, 100, 50
TASKS = 100
SCAN = re.compile(r"Index (?:Only )?Scan (?:Backward )?using (\w+)|Bitmap Index Scan on (\w+)")


@pytest.fixture
def ledger(fresh_tables, ada, bob):
    """Thousands of runs, over tasks, owners, queues and hours, and the planner knows it."""
    tasks = [
        Task(owner=ada if number % 10 else bob, name=f"task {number}", celery_task_name=JOB)
        for number in range(TASKS)
    ]
    Task.objects.bulk_create(tasks)
    total = ENDED + WAITING + RUNNING + UNSENT
    TaskExecution.objects.bulk_create(
        [_row(number, tasks[number % TASKS]) for number in range(total)]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE task_executions")
        cursor.execute("ANALYZE tasks")


def _row(number, task):
    moment = timezone.now() - timedelta(minutes=number)
    run = TaskExecution(
        task=task,
        owner_id=task.owner_id,
        celery_task_name=JOB,
        trigger="code",
        queue=f"queue {number % 7}",
        created_at=moment,
        run_at=moment,
        published_at=moment,
    )
    if number < RUNNING:
        run.status, run.attempt = Status.STARTED, 1
        run.claim_token, run.started_at = run.id, moment
        run.lease_until = timezone.now() + timedelta(seconds=number)
    elif number < RUNNING + UNSENT:
        run.published_at = None
    elif number >= RUNNING + UNSENT + WAITING:
        run.status, run.finished_at = Status.SUCCESS, moment
    return run


def asked(question):
    """The indexes that the plan of a query set names."""
    return named_by(question.explain())


def sent_by(verb, word="UPDATE task_executions"):
    """The indexes that the plan of a verb's own statement, which has this word, names."""
    with CaptureQueriesContext(connection) as queries:
        verb()
    [sent] = [query["sql"] for query in queries if word in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sent)
        return named_by("\n".join(line for (line,) in cursor.fetchall()))


def named_by(plan):
    return {name for names in SCAN.findall(plan) for name in names if name}


def test_every_index_serves_the_question_it_is_named_for(ledger, bob):
    runs, tasks = TaskExecution.objects, Task.objects
    of_task = tasks.first().executions

    assert "executions_to_ring" in asked(runs.unsent().take(500))
    waiting = runs.sent_before(timedelta(seconds=2)).on_queue("queue 3")
    assert "executions_waiting" in asked(waiting.take(10))
    assert "executions_leased" in sent_by(lambda: lifecycle.reap(timezone.now()))
    assert "executions_newest" in asked(runs.newest_first()[:50])
    in_status = runs.in_status(Status.PENDING)
    assert "executions_newest_of_status" in asked(in_status.newest_first()[:50])
    assert "executions_newest_of_owner" in asked(runs.visible_to(bob).newest_first()[:20])
    assert "executions_newest_of_task" in asked(of_task.not_skipped().newest_first()[:1])
    assert "executions_live_of_task" in asked(of_task.live().newest_first()[:1])
    assert "tasks_newest" in asked(tasks.newest_first()[:10])
    assert "one_live_run_per_unique_key" in asked(runs.alike("u:a hash"))
    assert "one_run_per_period_key" in asked(runs.of_period("p:a hash"))
    assert "one_run_per_period_key" in asked(runs.of_periods(["canary:1", "canary:2"]).live())
    jumps = sent_by(lambda: overdue_queues(timedelta(seconds=15)), "WITH RECURSIVE")
    assert jumps == {"executions_waiting"}
    # Both hold the waiting rows together, and the planner weighs them as equal.
    counted = sent_by(lambda: count_waiting(1000), "COUNT(*)")
    assert counted in ({"executions_waiting"}, {"executions_newest_of_status"})


def test_a_clock_that_was_set_back_is_mended_by_the_indexes(ledger):
    """A walk reads each queue along its index; leases ahead are found at the index's end."""
    runs = TaskExecution.objects

    assert asked(runs.leased_ahead(timedelta(seconds=30))[:500]) == {"executions_leased"}
    for rows in (runs.ahead(), runs.sent_earlier_than(timezone.now())):
        line = rows.on_queue("queue 3").due_since(timezone.now() - timedelta(hours=4))
        assert asked(line.order_by("run_at")[:20]) == {"executions_waiting"}


def test_a_page_of_tasks_reads_the_status_of_each_from_two_indexes(ledger, root):
    page = services.get_tasks(Actor(root), limit=20)

    assert asked(page) >= {"executions_live_of_task", "executions_newest_of_task"}


def test_a_claim_finds_its_row_by_the_primary_key(ledger):
    run = TaskExecution.objects.waiting().first()
    claim = lifecycle.Claim(run.pk, run.pk)

    named = sent_by(lambda: lifecycle.claim([claim], worker="w", pid=1, lease=15))

    assert named == {"task_executions_pkey"}
