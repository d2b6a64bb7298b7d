"""Backfilling: the ticks of a past range as runs of their own: counted, bounded, stoppable."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app.exceptions import Invalid, NotFound, NotScheduled, TooManyTicks
from tasks_app.models import Event, TaskExecution
from tasks_app.scheduling.plan import Plan
from tasks_app.services import (
    Actor,
    backfill_task,
    cancel_backfill,
    disable_task,
    execute_task,
    preview_backfill,
)
from tasks_app.states import Reason, Status, Trigger
from tasks_app.tests.runs import a_run, a_task, told_of
from tasks_app.tests.schedules import a_scheduled_task

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
HOURS = [START + number * HOUR for number in range(4)]
RANGE = (START, START + 4 * HOUR)


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.API)


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, crontab="0 * * * *", timezone="UTC", priority="high", args=[7])


def test_a_range_is_counted_before_anything_runs(actor, task):
    preview = preview_backfill(actor, task, *RANGE)

    assert (preview.count, preview.first, preview.last) == (4, HOURS[0], HOURS[3])
    assert preview.most == 1000
    assert not TaskExecution.objects.exists()


def test_a_range_without_ticks_is_empty(actor, task):
    within_an_hour = (START + SECOND, START + 2 * SECOND)

    preview = preview_backfill(actor, task, *within_an_hour)

    assert (preview.count, preview.first, preview.last) == (0, None, None)
    assert backfill_task(actor, task, *within_an_hour) == []
    assert told_of(task) == ["create"]


def test_even_a_range_of_ten_years_is_counted(actor, task):
    preview = preview_backfill(actor, task, datetime(2016, 1, 1), datetime(2026, 1, 1))

    assert preview.count == 3653 * 24
    assert preview.last == START - HOUR


@pytest.mark.parametrize("verb", [preview_backfill, backfill_task])
def test_a_longer_range_is_refused_before_anything_is_counted(actor, task, monkeypatch, verb):
    monkeypatch.delattr(Plan, "count_between")
    monkeypatch.delattr(Plan, "between")

    with pytest.raises(Invalid, match="ten years at most") as refusal:
        verb(actor, task, datetime(2015, 12, 31), datetime(2026, 1, 1))

    assert list(refusal.value.errors) == ["start"]


def test_a_range_is_counted_while_nobody_waits_for_the_task(actor, task, monkeypatch):
    monkeypatch.delattr("tasks_app.services.backfilling.lock_task")

    with pytest.raises(TooManyTicks):
        backfill_task(actor, task, START - timedelta(days=365), START)


def test_a_small_range_is_not_counted_to_its_end(actor, task, monkeypatch):
    monkeypatch.delattr(Plan, "count_between")

    assert len(backfill_task(actor, task, *RANGE)) == 4


def test_in_order_the_first_runs_and_the_others_wait_for_their_turn(actor, task):
    first, *others = backfill_task(actor, task, *RANGE, reason="lost data")

    assert [run.scheduled_for for run in (first, *others)] == HOURS
    assert (first.reason, first.published_count) == ("", 1)
    for run in others:
        assert (run.status, run.reason) == (Status.PENDING, Reason.BUFFERED)
        assert (run.run_at, run.published_at) == (None, None)
    assert all(run.created_at >= first.created_at for run in others)


def test_a_backfilled_run_is_like_every_run_of_its_task(actor, task):
    run = backfill_task(actor, task, *RANGE)[0]
    by_hand = execute_task(actor, task)

    same = ("task", "celery_task_name", "args", "kwargs", "queue", "priority", "owner", "on_lost")
    assert all(getattr(run, name) == getattr(by_hand, name) for name in same)
    assert (run.trigger, run.triggered_by, run.schedule_id) == ("backfill", actor.user, None)


def test_at_once_all_are_due(actor, task):
    runs = backfill_task(actor, task, *RANGE, order="at_once")

    assert [run.scheduled_for for run in runs] == HOURS
    assert set(TaskExecution.objects.due()) == set(runs)
    assert {run.published_count for run in runs} == {1}


def test_at_a_pace_they_are_due_one_after_the_other(actor, task):
    runs = backfill_task(actor, task, *RANGE, order="at_once", pace=60)

    for number, run in enumerate(runs):
        assert abs(run.run_at - run.created_at - number * 60 * SECOND) < SECOND
        assert run.reason == Reason.DELAYED


def test_the_trail_tells_the_range_and_the_reason(actor, task):
    backfill_task(actor, task, *RANGE, order="at_once", pace=1, reason="lost data")

    event = Event.objects.get(verb="backfill")
    assert (event.user, event.door, event.reason) == (actor.user, "api", "lost data")
    assert event.after == {
        "start": "2026-01-01T00:00:00Z",
        "end": "2026-01-01T04:00:00Z",
        "count": 4,
        "order": "at_once",
        "pace": 1,
    }


def test_a_disabled_task_can_be_backfilled(actor, task):
    disable_task(actor, task)

    assert len(backfill_task(actor, task, *RANGE)) == 4


def test_more_than_a_thousand_ticks_are_refused_with_their_number(actor, task):
    with pytest.raises(TooManyTicks, match="8760 ticks"):
        backfill_task(actor, task, START - timedelta(days=365), START)

    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize(
    "values, field",
    [
        ({"end": START}, "end"),
        ({"end": datetime(2300, 1, 1, tzinfo=UTC)}, "end"),
        ({"start": datetime.min}, "start"),
        ({"start": "nonsense"}, "start"),
        ({"order": "backwards"}, "order"),
        ({"pace": 5}, "pace"),
        ({"order": "at_once", "pace": -1}, "pace"),
        ({"order": "at_once", "pace": float("nan")}, "pace"),
        ({"order": "at_once", "pace": 366 * 86_400}, "pace"),
    ],
    ids=str,
)
def test_a_bad_value_is_told_by_its_field_and_nothing_runs(actor, task, values, field):
    with pytest.raises(Invalid) as refusal:
        backfill_task(actor, task, **({"start": RANGE[0], "end": RANGE[1]} | values))

    assert list(refusal.value.errors) == [field]
    assert not TaskExecution.objects.exists()


def test_a_task_without_a_schedule_has_no_range(actor):
    with pytest.raises(NotScheduled):
        preview_backfill(actor, a_task(actor.user), *RANGE)


@pytest.mark.parametrize("verb", [preview_backfill, backfill_task])
def test_a_strangers_task_does_not_exist(bob, task, verb):
    with pytest.raises(NotFound):
        verb(Actor(bob), task, *RANGE)


def test_a_backfill_can_be_cancelled_and_nothing_else_of_the_task_is(actor, task):
    backfill_task(actor, task, *RANGE)
    running = a_run(Status.STARTED, task=task, trigger=Trigger.BACKFILL)
    ended = a_run(Status.SUCCESS, task=task, trigger=Trigger.BACKFILL)
    by_hand = execute_task(actor, task)

    assert cancel_backfill(actor, task, "wrong range") == 5

    waiting = TaskExecution.objects.caused_by(Trigger.BACKFILL).exclude(
        pk__in=[running.pk, ended.pk]
    )
    assert {run.status for run in waiting} == {Status.REVOKED}
    asked = TaskExecution.objects.asked_to_stop()
    assert running in asked
    assert not {ended, by_hand} & set(asked)
    assert Event.objects.get(verb="cancel_backfill").reason == "wrong range"


def test_where_nothing_is_backfilled_nothing_is_cancelled(actor, task, bob):
    assert cancel_backfill(actor, task) == 0
    assert told_of(task) == ["create"]

    with pytest.raises(NotFound):
        cancel_backfill(Actor(bob), task)


def test_a_run_by_hand_may_stand_for_a_moment_too(actor, task):
    run = execute_task(actor, task, scheduled_for=datetime(2026, 1, 1))

    assert (run.scheduled_for, run.schedule_id) == (START, None)
