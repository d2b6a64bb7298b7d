"""Canvases that do not end well: each step, member and body is told so, and nothing waits on."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, chord, group
from celery.exceptions import ChordError
from django.db import OperationalError

from config import celery_app
from tasks_app import lifecycle, registry
from tasks_app.lifecycle import Canceller, Failing
from tasks_app.models import Event, TaskExecution
from tasks_app.states import Reason
from tasks_app.tests.canvases import ChordCounter, alone, jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, run_all
from tasks_app.tests.runs import a_claim

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_jobs() -> None:
    know_the_tests_jobs()


def cancel_first() -> None:
    first = TaskExecution.objects.earliest("created_at")
    lifecycle.cancel([first.pk], Canceller(None))


def test_steps_after_a_revoked_one_read_as_revoked() -> None:
    result = (jobs.add.s(1) | jobs.add.s(2) | jobs.add.s(3)).apply_async()

    cancel_first()

    assert alone(result.parent).state == alone(result).state == "REVOKED"


def test_an_errback_does_not_run_for_a_cancel() -> None:
    jobs.add.apply_async((1,), link_error=jobs.on_error.s())

    cancel_first()

    assert TaskExecution.objects.get().status == "revoked"


CHORDS: dict[str, Callable[[], Any]] = {
    "a member of the inner one fails": lambda: chord(
        [chord([jobs.add.s(1), jobs.break_down.s()], jobs.total.s()), jobs.add.s(2)],
        jobs.listed.s(),
    ),
    "the inner body cannot be submitted": lambda: chord(
        [chord([jobs.add.s(1), jobs.add.s(2)], jobs.one_argument.s("one too many")), jobs.add.s(2)],
        jobs.listed.s(),
    ),
    "a group in a chain becomes the inner one": lambda: chord(
        [jobs.add.s(1) | group(jobs.add.s(1), jobs.break_down.s()) | jobs.total.s(), jobs.add.s(2)],
        jobs.listed.s(),
    ),
    "the inner body is a chord itself": lambda: chord(
        [jobs.add.s(1), jobs.break_down.s()],
        chord([jobs.one_argument.s(), jobs.one_argument.s()], jobs.listed.s()),
    ),
}


@pytest.mark.parametrize("name", list(CHORDS))
def test_an_inner_chord_whose_body_does_not_run_fails_the_outer_one(name: str) -> None:
    result = CHORDS[name]().apply_async()
    run_all()

    with pytest.raises(ChordError):
        alone(result).get(timeout=1)
    assert not TaskExecution.objects.filter(celery_task_name=jobs.listed.name).exists()
    assert not ChordCounter.objects.exists()


def test_a_database_that_goes_away_while_the_rest_is_submitted_ends_no_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end is tried again as a whole; set aside, what follows it would never be submitted."""
    jobs.add.apply_async((1,), link_error=jobs.on_error.s())
    run = TaskExecution.objects.get()
    claim = a_claim(run)

    def away(row: Any, value: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(registry, "what_follows", away)
    with pytest.raises(OperationalError):
        lifecycle.fail(claim, Reason.ERROR, Failing("it broke"))

    run.refresh_from_db()
    assert run.status == "started"
    assert not Event.objects.exists()


def test_what_another_app_does_next_is_sent_when_the_end_is_committed(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []

    def send(self: Celery, name: str, args: Any, *_: Any, **__: Any) -> None:
        sent.append((name, list(args)))

    jobs.add.apply_async((1, 2), link=celery_app.signature("elsewhere.job"))
    monkeypatch.setattr(Celery, "send_task", send)

    with django_capture_on_commit_callbacks(execute=True):
        deliver(TaskExecution.objects.get())
        assert not sent

    assert sent == [("elsewhere.job", [3])]


@pytest.fixture
def _other_backend_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """CELERY_RESULT_BACKEND names another than the database, which takes nothing just now."""

    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("no route")

    other = SimpleNamespace(
        store_result=away, _get_task_meta_for=lambda task_id: {"status": "PENDING", "result": None}
    )
    monkeypatch.setitem(vars(celery_app.backend), "_other", other)


@pytest.mark.usefixtures("_other_backend_is_away")
def test_another_result_backend_that_is_away_keeps_no_chord_from_failing() -> None:
    result = chord([jobs.add.s(1), jobs.break_down.s()], jobs.total.s()).apply_async()
    run_all()

    with pytest.raises(ChordError, match="out of order"):
        alone(result).get(timeout=1)
    assert not Event.objects.filter(verb="follow_failed").exists()


@pytest.mark.usefixtures("_other_backend_is_away")
def test_steps_that_never_ran_are_told_by_the_database_whatever_the_result_backend() -> None:
    result = (jobs.break_down.s() | jobs.add.s(1)).apply_async()
    run_all()

    assert alone(result).state == "FAILURE"
