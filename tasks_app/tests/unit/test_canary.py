"""Canaries: where nothing else proves that a worker takes anything, a small run does."""

from datetime import timedelta

import pytest

from tasks_app import registry
from tasks_app.maintenance.canary import JOB, call_canaries, withdraw_canaries
from tasks_app.models import Pause, TaskExecution, Worker
from tasks_app.models.waiting_queues import overdue_queues
from tasks_app.reporting.watching import quiet_queues
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.deliveries import run_all
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import a_claim, a_run
from tasks_app.tests.unit.machinery import a_worker

pytestmark = pytest.mark.django_db


def canaries():
    return TaskExecution.objects.filter(celery_task_name=JOB)


def quiet():
    return quiet_queues(list(Worker.objects.on_duty()))


def test_the_job_is_known_and_may_be_repeated():
    assert registry.find(JOB).idempotent


def test_a_queue_on_which_nothing_came_for_a_minute_is_quiet():
    a_worker(quiet={"default": 50.0})

    assert quiet() == set()
    age(11)
    assert quiet() == {"default"}


@pytest.mark.parametrize(
    "worker",
    [{"held": ["a", "b"]}, {"stopped_at": "2026-01-01T00:00Z"}, {"quiet": None}],
    ids=["busy", "stopped", "does not say"],
)
def test_a_queue_of_no_worker_with_room_is_not_asked(worker):
    a_worker(**{"quiet": {"default": 100.0}} | worker)

    assert quiet() == set()


def test_a_queue_of_which_another_worker_takes_is_not_quiet():
    a_worker("one@here", quiet={"default": 100.0})
    a_worker("two@here", quiet={"default": 1.0})

    assert quiet() == set()


def test_a_quiet_queue_gets_a_canary_that_belongs_to_nobody():
    call_canaries({"default"})

    canary = canaries().get()
    assert (canary.queue, canary.trigger, canary.owner, canary.keep_log) == (
        "default", "system", None, False
    )  # fmt: skip
    run_all()
    canary.refresh_from_db()
    assert (canary.status, canary.result) == (Status.SUCCESS, "sings")


def test_at_most_one_lives_on_each_queue():
    for _ in range(2):
        call_canaries({"default", "a" * 100})

    assert sorted(canaries().queues()) == ["a" * 100, "default"]
    assert canaries().count() == 2


def test_the_next_takes_the_place_of_the_last():
    call_canaries({"default"})
    [first] = canaries()
    run_all()
    call_canaries({"default"})

    [second] = canaries()
    assert (second.status, second.pk == first.pk) == (Status.PENDING, False)


@pytest.mark.parametrize("subject", ["everything", "queue:default"])
def test_a_paused_queue_gets_none(subject):
    Pause.objects.create(subject=subject)

    call_canaries({"default", "other"} if subject != "everything" else {"default"})

    assert "default" not in canaries().queues()


def test_nothing_quiet_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        call_canaries(set())


def test_a_canary_that_waits_for_a_worker_costs_one_question(django_assert_num_queries):
    call_canaries({"default"})

    with django_assert_num_queries(1):
        call_canaries({"default"})


def test_where_nobody_serves_any_more_it_is_taken_back():
    call_canaries({"default", "other"})
    a_run(queue="default")

    assert withdraw_canaries(["default"]) == 1
    assert canaries().queues() == ["other"]
    assert TaskExecution.objects.on_queue("default").count() == 1


def test_one_that_runs_is_not_taken_back():
    call_canaries({"default"})
    a_claim(canaries().get())

    assert withdraw_canaries(["default"]) == 0


@pytest.mark.django_db(transaction=True)
def test_several_beats_at_once_agree():
    answers = at_once(lambda _: call_canaries({"default"}), range(4))

    assert answers == [None] * 4
    assert canaries().count() == 1


def test_overdue_queues_are_told_by_the_age_of_their_oldest_due_run():
    spans = timedelta(seconds=15), timedelta(seconds=30)
    a_run(queue="b")
    age(20)
    a_run(queue="b")
    a_run(queue="a", status=Status.RETRY)
    a_run(queue="c", run_at="2100-01-01T00:00Z")

    assert overdue_queues(*spans) == {"a": (False, False), "b": (True, False)}
