"""The relay rings for what the broker does not know of, and for nothing else."""

from uuid import uuid4

import pytest
from django.db import transaction

from tasks_app import broker as bells
from tasks_app import lifecycle, maintenance
from tasks_app.maintenance import Relay
from tasks_app.models import TaskExecution, Worker
from tasks_app.states import Priority, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db(transaction=True)
LONGER_THAN_GRACE = 3


@pytest.fixture
def empty(broker):
    """The broker, with nothing of earlier tests in it."""
    broker.wipe()
    return broker


def submitted(count=1, *, queue="default", delayed=False, **columns):
    """New runs, as services submit them; one row returned if only one was asked for."""
    runs = [
        TaskExecution(celery_task_name=JOB, trigger="code", queue=queue, **columns)
        for _ in range(count)
    ]
    with transaction.atomic():
        lifecycle.submit(runs, delayed=delayed)
    return runs


def messages(queue="default"):
    return bells.lengths([queue])[queue]


def forget(broker, count, queue="default"):
    """What a broker loses between a worker's pop and its own note of it."""
    for _ in range(count):
        assert broker.client.rpop(f"{queue}\x06\x166") or broker.client.rpop(queue)


def test_a_submission_rings_once_and_the_relay_adds_nothing(empty):
    [run] = submitted()

    assert messages() == 1
    assert maintenance.ring_unsent() == 0

    assert messages() == 1
    run = now_of(run)
    assert (run.published_count, run.published_at is None) == (1, False)


def test_a_submission_that_is_rolled_back_rings_for_nothing(empty):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        submitted()
        raise ZeroDivisionError

    assert messages() == 0


def test_a_submission_while_the_broker_is_down_is_rung_for_when_it_is_back(empty):
    empty.kill()
    try:
        [run] = submitted()
        assert now_of(run).published_at is None
    finally:
        empty.start()

    assert maintenance.ring_unsent() == 1

    assert messages() == 1
    assert now_of(run).published_at


def test_what_is_unsent_is_rung_for_once(empty):
    run = a_run(published_at=None)

    assert maintenance.ring_unsent() == 1
    assert maintenance.ring_unsent() == 0

    assert messages() == 1
    assert now_of(run).published_count == 1


def test_a_failed_push_takes_the_mark_back(db):
    run = a_run(published_at=None)

    assert maintenance.ring_unsent() == 0

    assert now_of(run).published_at is None


def test_a_delayed_run_is_rung_for_when_it_is_due_and_not_before(empty):
    [run] = submitted(delayed=True, run_at=a_run(Status.REVOKED).created_at.replace(year=2100))
    assert maintenance.ring_unsent() == 0

    TaskExecution.objects.filter(pk=run.pk).update(run_at=run.created_at)

    assert maintenance.ring_unsent() == 1
