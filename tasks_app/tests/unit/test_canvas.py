"""Canvas: every step is an execution, and what follows an end is submitted with it."""

from typing import Any

import pytest
from celery import chain, chord, group
from celery.exceptions import ChordError, TaskRevokedError
from django_celery_results.models import TaskResult

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.models import Event, TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.runtime.canvas import following
from tasks_app.states import Status
from tasks_app.tests.canvases import ChordCounter, alone, held, jobs, reap, row, rows_of
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, run_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_jobs() -> None:
    know_the_tests_jobs()


CANVASES = {
    "chain": lambda: (chain(jobs.add.s(1, 2), jobs.add.s(3), jobs.add.s(4)), 10),
    "chord": lambda: (chord([jobs.add.s(n, n) for n in range(4)], jobs.total.s()), 12),
    "chain into a group": lambda: (jobs.add.s(1, 1) | group(jobs.add.s(1), jobs.add.s(2)), [3, 4]),
    "chord in a chain": lambda: (
        jobs.add.s(1) | group(jobs.add.s(n) for n in range(3)) | jobs.total.s() | jobs.add.s(100),
        106,
    ),
    "chain in a chord": lambda: (
        chord([jobs.add.s(1) | jobs.add.s(2), jobs.add.s(10)], jobs.total.s()),
        13,
    ),
    "chord of chords": lambda: (
        chord(
            [chord([jobs.add.s(1), jobs.add.s(n)], jobs.total.s()) for n in (2, 3)],
            jobs.total.s(),
        ),
        7,
    ),
    "a member that is retried": lambda: (
        chord([jobs.at_the_second_try.s(5), jobs.add.s(1)], jobs.total.s()),
        6,
    ),
    "a member that keeps no result": lambda: (
        chord([jobs.unkept.s(5), jobs.add.s(1)], jobs.total.s()),
        6,
    ),
    "a step that keeps no result": lambda: (jobs.unkept.s(5) | jobs.add.s(1), 6),
    "a result that is redacted": lambda: (
        chord([jobs.keep_secret.s(), jobs.add.s(1)], jobs.listed.s()) | jobs.total_of_secrets.s(),
        "hunter2",
    ),
}


@pytest.mark.parametrize("name", list(CANVASES))
def test_a_canvas_ends_as_in_celery(name: str) -> None:
    canvas, expected = CANVASES[name]()

    result = canvas.apply_async()
    run_all()

    assert result.get(timeout=1) == expected
    assert not TaskResult.objects.exists()
    assert not ChordCounter.objects.exists()


def test_every_step_is_an_execution_with_its_arguments_in_the_row() -> None:
    (jobs.add.s(1, 2) | jobs.add.s(3)).apply_async()
    run_all()

    first, second = rows_of(jobs.add)
    assert (first.args, second.args) == ([1, 2], [3, 3])
    assert second.parent == first
    assert second.trigger == "code"


def test_what_follows_waits_in_the_row_until_the_end() -> None:
    (jobs.add.s(1, 2) | jobs.add.s(3)).apply_async()

    assert [run.args for run in rows_of(jobs.add)] == [[1, 2]]
    assert [step["task"] for step in rows_of(jobs.add)[0].envelope["chain"]] == [jobs.add.name]


def test_a_duplicate_of_a_step_starts_nothing_twice() -> None:
    result = chord([jobs.add.s(1), jobs.add.s(2)], jobs.total.s()).apply_async()
    run_all()
    for run in TaskExecution.objects.all():
        deliver(run)

    assert result.get(timeout=1) == 3
    assert TaskExecution.objects.count() == 3


def test_the_late_word_of_a_step_that_was_overtaken_starts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = row((jobs.add.s(1, 2) | jobs.add.s(3)).apply_async().parent)

    def overtake(self: Any, *numbers: int) -> int:
        TaskExecution.objects.update(claim_token=uuid7())
        return sum(numbers)

    monkeypatch.setattr(jobs.add, "run", overtake.__get__(jobs.add))
    deliver(first)

    assert first.status == "started"
    assert len(rows_of(jobs.add)) == 1


def test_an_end_that_cannot_be_followed_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step whose successor does not take its value fails, as in Celery."""
    result = (jobs.add.s(1, 2) | jobs.one_argument.s("one too many")).apply_async()
    run_all()

    first = row(result.parent)
    assert (first.status, first.error_type) == ("failure", "TypeError")
    assert not rows_of(jobs.one_argument)


def test_callbacks_are_executions() -> None:
    jobs.add.apply_async((1, 2), link=[jobs.add.s(10), jobs.add.si(7)])
    run_all()

    assert [run.result for run in rows_of(jobs.add)] == [3, 13, 7]


def test_a_failed_step_ends_those_after_it() -> None:
    result = (jobs.break_down.s() | jobs.add.s(1) | jobs.add.s(2)).apply_async()
    run_all()

    with pytest.raises(jobs.Broken, match="out of order"):
        result.get(timeout=1)
    assert result.state == "FAILURE"
    assert not rows_of(jobs.add)


def test_an_errback_of_the_old_kind_is_told_the_id() -> None:
    failed = jobs.break_down.apply_async(link_error=jobs.on_error.s())
    run_all()

    assert [run.result for run in rows_of(jobs.on_error)] == [failed.id]


def test_an_errback_of_the_new_kind_is_told_everything() -> None:
    failed = jobs.break_down.apply_async(link_error=jobs.on_error_in_full.s(note="mine"))
    run_all()

    (errback,) = rows_of(jobs.on_error_in_full)
    assert errback.result == [failed.id, "Broken", ["out of order", 7], True, "mine"]
    assert (errback.args, errback.kwargs) == ([], {"note": "mine"})


def test_one_errback_that_cannot_be_submitted_keeps_no_other_from_running() -> None:
    errbacks = [jobs.on_error_in_full.s(nonsense=1), jobs.on_error.s()]
    failed = jobs.break_down.apply_async(link_error=errbacks)
    run_all()

    assert row(failed).status == "failure"
    assert len(rows_of(jobs.on_error)) == 1
    assert row(failed).pk in _set_aside()


def test_a_failed_member_fails_the_body() -> None:
    result = chord(
        [jobs.add.s(1), jobs.break_down.s()], jobs.total.s().on_error(jobs.on_error_in_full.s())
    ).apply_async()
    run_all()

    with pytest.raises(ChordError, match="out of order"):
        alone(result).get(timeout=1)
    assert not rows_of(jobs.total)
    assert [run.result[1] for run in rows_of(jobs.on_error_in_full)] == ["ChordError"]


def test_a_cancelled_member_fails_the_body() -> None:
    result = chord([jobs.add.s(1), jobs.add.s(2)], jobs.total.s()).apply_async()
    lifecycle.cancel([rows_of(jobs.add)[0].pk], Canceller(None))
    run_all()

    with pytest.raises(ChordError, match="cancelled"):
        alone(result).get(timeout=1)


@pytest.mark.parametrize(
    "end", ["lose", "reap", "expire", "by hand", "unknown job", "shutdown", "retry of a cancelled"]
)
def test_whatever_ends_a_member_counts_it(end: str) -> None:
    """Nothing that decides a run may leave its chord waiting for ever."""
    result = chord([jobs.add.s(1), jobs.add.s(2)], jobs.total.s()).apply_async()
    first, second = rows_of(jobs.add)
    deliver(second)

    ENDS[end](first)
    run_all()

    assert result.ready()
    assert not ChordCounter.objects.exists()


def _expire(run: TaskExecution) -> None:
    TaskExecution.objects.filter(pk=run.pk).update(expires_at="2020-01-01T00:00Z")
    deliver(run)


def _retry_after_a_cancel(run: TaskExecution) -> None:
    claim = held(run)
    lifecycle.cancel([run.pk], Canceller(None))
    lifecycle.retry(claim, 0, lifecycle.Failing("it broke"))


ENDS = {
    "lose": lambda run: lifecycle.lose(held(run)),
    "reap": reap,
    "expire": _expire,
    "by hand": lambda run: lifecycle.settle(
        run.pk, Status.FAILURE, Canceller(None), progress=0, result=None, error="it looked wrong"
    ),
    "unknown job": lambda run: lifecycle.refuse(run.pk, "NotRegistered: add"),
    "shutdown": lambda run: lifecycle.give_back(held(run)),
    "retry of a cancelled": _retry_after_a_cancel,
}


def test_a_step_that_asks_to_be_ignored_ends_those_after_it() -> None:
    result = (jobs.look_away.s() | jobs.add.s(1)).apply_async()
    run_all()

    with pytest.raises(TaskRevokedError):
        result.get(timeout=1)


def test_a_success_that_is_set_by_hand_goes_on_with_its_result() -> None:
    result = (jobs.break_down.s() | jobs.add.s(1)).apply_async()
    first = row(result.parent)
    held(first)

    nobody = Canceller(None)
    lifecycle.settle(first.pk, Status.SUCCESS, nobody, progress=100, result=41, error="")
    run_all()

    assert result.get(timeout=1) == 42


def test_what_cannot_be_submitted_after_a_failure_does_not_undo_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = jobs.break_down.apply_async(link_error=jobs.on_error.s())
    monkeypatch.setattr(following, "_request_of", lambda row: 1 / 0)
    deliver(row(failed))

    assert row(failed).status == "failure"
    assert row(failed).pk in _set_aside()


def _set_aside() -> set[Any]:
    return set(Event.objects.filter(verb="follow_failed").values_list("subject_id", flat=True))


def test_a_redacted_value_is_not_kept_longer_than_the_chord_needs_it() -> None:
    chord([jobs.keep_secret.s(), jobs.add.s(1)], jobs.listed.s()).apply_async()
    run_all()

    (member,) = rows_of(jobs.keep_secret)
    assert member.result == {"password": "***"}
    assert "hunter2" not in str(member.envelope)


def test_a_job_that_calls_a_job_is_its_parent() -> None:
    result = jobs.call_another.delay(1)
    run_all()

    (child,) = rows_of(jobs.add)
    assert child.parent == row(result)
    assert [each.id for each in result.children] == [str(child.pk)]


def test_the_request_tells_where_a_step_belongs() -> None:
    result = (jobs.add.s(1) | group(jobs.tell_family.s(), jobs.tell_family.s())).apply_async()
    run_all()

    first = rows_of(jobs.add)[0]
    told = [run.result for run in rows_of(jobs.tell_family)]
    assert {each["root_id"] for each in told} == {str(first.pk)}
    assert {each["parent_id"] for each in told} == {str(first.pk)}
    assert {each["group"] for each in told} == {result.id}


def test_a_signature_that_is_applied_twice_is_one_call() -> None:
    step = jobs.add.s(1, 2)
    step.freeze()
    step.apply_async()
    step.apply_async()

    assert len(rows_of(jobs.add)) == 1
