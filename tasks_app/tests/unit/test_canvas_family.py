"""Whose the runs are that follow others, whichever process ends those, and what messages tell."""

from collections.abc import Callable
from typing import Any

import pytest
from billiard.exceptions import TimeLimitExceeded
from celery import group
from celery.app.task import Context
from celery.result import AsyncResult
from django.contrib.auth.models import User

from config import celery_app
from tasks_app import broker, lifecycle, maintenance
from tasks_app.broker import Doorbell
from tasks_app.lifecycle import Canceller
from tasks_app.models import TaskExecution
from tasks_app.states import Status
from tasks_app.tests import ending_jobs
from tasks_app.tests.canvases import held, jobs, reap
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_jobs() -> None:
    know_the_tests_jobs()


def _hard_limit(run: TaskExecution) -> None:
    """As the worker's main process says it, which holds the token only."""
    claim = held(run)
    request = Context(id=str(claim.id), claim_token=str(claim.token))
    celery_app.backend.mark_as_failure(str(run.pk), TimeLimitExceeded(1), request=request)


def _set(status: Status) -> Callable[[TaskExecution], Any]:
    def by_hand(run: TaskExecution) -> None:
        nobody = Canceller(None)
        lifecycle.settle(held(run).id, status, nobody, progress=0, result=3, error="")

    return by_hand


def _cancel(run: TaskExecution) -> None:
    lifecycle.cancel([run.pk], Canceller(None))


# What ends the run, and which of the jobs that wait for it follows then.
ENDS: dict[str, tuple[Callable[[TaskExecution], Any], Any]] = {
    "the main process": (_hard_limit, jobs.on_error),
    "the main process, told in full": (_hard_limit, jobs.on_error_in_full),
    "a reaper": (reap, jobs.on_error),
    "a failure by hand": (_set(Status.FAILURE), jobs.on_error),
    "a success by hand": (_set(Status.SUCCESS), jobs.one_argument),
    "a success by hand, the next link": (_set(Status.SUCCESS), jobs.listed),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_what_follows_belongs_to_the_run_and_to_its_owner_whoever_ends_it(
    end: str, ada: User
) -> None:
    step = jobs.add.s(2).on_error(jobs.on_error.s()).on_error(jobs.on_error_in_full.s())
    step.link(jobs.one_argument.s())
    (jobs.add.s(1) | step | jobs.listed.s()).apply_async()
    first = TaskExecution.objects.get()
    TaskExecution.objects.update(owner=ada)
    deliver(first)
    second = TaskExecution.objects.get(parent=first)

    act, follower = ENDS[end]
    act(second)

    following = TaskExecution.objects.get(celery_task_name=follower.name)
    assert (following.parent, following.owner) == (second, ada)
    assert following.envelope["root_id"] == str(first.pk)
    assert following.envelope["parent_id"] == str(second.pk)


def test_the_errback_of_a_body_belongs_to_the_member_that_was_cancelled(ada: User) -> None:
    body = jobs.total.s().on_error(jobs.on_error.s())
    (group(jobs.add.s(1), jobs.add.s(2)) | body).apply_async()
    TaskExecution.objects.update(owner=ada)
    first, second = TaskExecution.objects.order_by("created_at", "id")
    deliver(first)

    _cancel(second)

    errback = TaskExecution.objects.get(celery_task_name=jobs.on_error.name)
    assert (errback.parent, errback.owner) == (second, ada)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Doorbell]:
    """The doorbells that would go out."""
    bells: list[Doorbell] = []

    def ring(given: list[Doorbell]) -> list[Doorbell]:
        bells.extend(given)
        return []

    monkeypatch.setattr(broker, "ring", ring)
    monkeypatch.setattr(broker, "check", lambda: None)
    return bells


@pytest.mark.parametrize("by_the_relay", [False, True])
def test_a_doorbell_tells_the_ids_of_its_canvas(
    by_the_relay: bool,
    rung: list[Doorbell],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        result = (jobs.add.s(1) | group(jobs.add.s(2), jobs.add.s(3))).apply_async()
    (first,) = TaskExecution.objects.all()
    with django_capture_on_commit_callbacks(execute=True):
        deliver(first)
    if by_the_relay:
        rung.clear()
        lifecycle.mark_unsent(TaskExecution.objects.waiting().values_list("pk", flat=True))
        maintenance.ring_unsent()

    told = {(bell.root_id, bell.parent_id, bell.group_id) for bell in rung[-2:]}
    assert told == {(str(first.pk), str(first.pk), result.id)}


def test_a_call_answers_with_the_class_of_result_that_was_asked_for() -> None:
    class Mine(AsyncResult):
        pass

    assert type(celery_app.send_task(jobs.add.name, [1], result_cls=Mine)) is Mine
    assert type(celery_app.send_task(jobs.add.name, [1])) is celery_app.AsyncResult


def test_a_result_says_whether_it_is_ignored() -> None:
    assert jobs.add.apply_async((1,), ignore_result=True).ignored is True
    assert jobs.add.apply_async((1,)).ignored is False


def test_a_call_that_is_not_to_be_on_the_trail_is_not() -> None:
    result = ending_jobs.call_others.delay()
    run = TaskExecution.objects.get(pk=result.id)
    deliver(run)

    on_it, beside_it = TaskExecution.objects.filter(parent=run).order_by("created_at", "id")
    assert run.result == [str(on_it.pk)]
    assert beside_it.args == [2]


def test_the_place_of_the_first_member_is_kept() -> None:
    group(jobs.add.s(1), jobs.add.s(2)).apply_async()

    places = {run.args[0]: run.envelope["group_index"] for run in TaskExecution.objects.all()}
    assert places == {1: 0, 2: 1}
