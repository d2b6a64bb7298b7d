"""However much waits, what pauses ask of the ledger is served by an index, batch by batch."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks_app import services
from tasks_app.lifecycle import Claim, claim
from tasks_app.maintenance.holding import Holding
from tasks_app.models import Pause, TaskExecution
from tasks_app.scheduling.due import claim_due
from tasks_app.scheduling.situation import look as look_around
from tasks_app.services import Actor
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.test_plans import asked, sent_by

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


@pytest.fixture
def backlog(fresh_tables, ada):
    """Thousands of runs wait on two queues, half of them set aside by a pause."""
    task, moment = a_task(ada), timezone.now()
    TaskExecution.objects.bulk_create(
        TaskExecution(
            task=task if number % 100 == 0 else None,
            celery_task_name="job",
            trigger="code",
            queue=f"queue {number % 2}",
            reason="paused" if number % 4 > 1 else "",
            run_at=moment - timedelta(seconds=number),
            status="success" if number > 4000 else "pending",
            finished_at=moment if number > 4000 else None,
        )
        for number in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE task_executions")
    return task


def test_a_batch_is_found_by_the_queue_and_the_moment(backlog, root):
    services.pause(Actor(root), everything=True)
    held = Pause.objects.in_force().held()
    since = timezone.now() - timedelta(seconds=200)

    on_queue = TaskExecution.objects.on_queue("queue 1").to_be_held(held)

    assert asked(on_queue.in_order_from(since)[:1000]) == {"executions_waiting"}


def test_what_comes_back_is_found_among_what_was_set_aside(backlog, ada):
    services.pause(Actor(ada), task=backlog)
    held = Pause.objects.in_force().held()

    freed = TaskExecution.objects.paused().not_covered_by(held)

    assert asked(freed.in_order_from(None)[:1000]) == {"executions_paused"}


def test_the_ticks_of_a_schedule_are_counted_from_an_index_of_their_own(backlog):
    counted = sent_by(lambda: TaskExecution.objects.ticks_by_schedule([1, 2]), "COUNT(")

    assert counted == {"executions_waiting_ticks"}


def test_without_a_pause_a_sweep_and_a_tick_ask_one_question_of_a_small_table(backlog):
    with CaptureQueriesContext(connection) as queries:
        Holding().hold_due()
        look_around(claim_due(1000))

    assert [query["sql"] for query in queries if "task_executions" in query["sql"]] == []


def test_a_claim_asks_for_pauses_in_its_own_statement(db):
    run = a_run()

    with CaptureQueriesContext(connection) as queries:
        assert claim([Claim(run.pk, run.pk)], worker="w", pid=1, lease=15)

    assert len(queries) == 1
