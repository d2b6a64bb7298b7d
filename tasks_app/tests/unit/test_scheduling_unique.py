"""Ticks of tasks whose runs exclude each other, and ticks for which there is no room."""

from typing import Any

import pytest

from tasks_app import lifecycle, services
from tasks_app.exceptions import AlikeIsLive
from tasks_app.models import Event, Task, TaskExecution, Timer
from tasks_app.reporting import backlog
from tasks_app.reporting.explaining import explain
from tasks_app.scheduling.tick import fire_due
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import a_claim, now_of, the_claim_on
from tasks_app.tests.schedules import a_scheduled_task, outcomes, pass_time, ticks, timer_of

pytestmark = pytest.mark.django_db


def test_a_tick_that_is_like_a_live_run_is_skipped(ada):
    a_scheduled_task(ada, unique_runs="refuse")

    pass_time(60)
    pass_time(60)

    assert outcomes() == ["pending", "overlap"]
    assert [tick.unique_key is not None for tick in ticks()] == [True, False]


def test_after_the_end_of_that_run_the_next_tick_runs(ada):
    a_scheduled_task(ada, unique_runs="refuse")
    pass_time(60)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    pass_time(60)

    assert outcomes() == ["success", "pending"]


def test_a_run_that_somebody_started_excludes_the_tick_and_the_tick_excludes_the_next(ada):
    task = a_scheduled_task(ada, unique_runs="refuse")
    by_hand = services.execute_task(Actor(ada), task)
    pass_time(60)
    assert outcomes() == ["overlap"]

    lifecycle.succeed([(a_claim(by_hand), None)])
    pass_time(60)

    assert outcomes() == ["overlap", "pending"]
    with pytest.raises(AlikeIsLive):
        services.execute_task(Actor(ada), task)


def test_a_tick_takes_the_place_of_one_that_waits(ada):
    a_scheduled_task(ada, unique_runs="replace")

    pass_time(60)
    pass_time(60)

    first, second = ticks()
    assert outcomes() == ["overlap", "pending"]
    assert first.status == "revoked"
    [event] = Event.objects.filter(verb="supersede")
    assert (event.subject_id, event.door, event.after) == (
        first.pk,
        "schedule",
        {"execution": str(second.pk)},
    )


def test_a_tick_takes_no_place_of_one_that_runs(ada):
    a_scheduled_task(ada, unique_runs="replace")
    pass_time(60)
    a_claim(ticks()[0])

    pass_time(60)

    assert outcomes() == ["started", "overlap"]
    assert now_of(ticks()[0]).cancel_requested_at is None


def test_of_several_that_come_at_once_the_last_takes_the_place(ada):
    a_scheduled_task(ada, unique_runs="replace", catch_up="all")

    pass_time(180)

    assert outcomes() == ["overlap", "overlap", "pending"]
    assert not Event.objects.filter(verb="supersede").exists()


def test_of_several_that_come_at_once_the_first_refuses_the_others(ada):
    a_scheduled_task(ada, unique_runs="refuse", catch_up="all")

    pass_time(180)

    assert outcomes() == ["pending", "overlap", "overlap"]


def test_a_period_has_one_run(ada):
    a_scheduled_task(ada, unique_runs="refuse", unique_for=366 * 86400 // 2)
    pass_time(60)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    pass_time(60)

    assert outcomes() == ["success", "overlap"]


def test_an_excluded_tick_is_no_run_of_those_a_task_may_have(ada):
    task = a_scheduled_task(ada, unique_runs="refuse", max_runs=2)
    pass_time(60)
    pass_time(60)
    assert (outcomes(), timer_of(task).run_count) == (["pending", "overlap"], 1)

    lifecycle.succeed([(a_claim(ticks()[0]), None)])
    pass_time(60)

    assert outcomes() == ["success", "overlap", "pending"]
    assert timer_of(task).next_fire_at is None


def test_an_edit_settles_an_owed_tick_that_another_run_excludes(ada):
    task = a_scheduled_task(ada, unique_runs="refuse")
    services.execute_task(Actor(ada), task)
    age(70)

    services.update_task(Actor(ada), task, interval=120)

    assert outcomes() == ["overlap"]


def test_an_owed_tick_that_will_not_run_takes_no_place(ada):
    task = a_scheduled_task(ada, unique_runs="replace")
    waiting = services.execute_task(Actor(ada), task)
    age(70)

    services.disable_task(Actor(ada), task)

    assert outcomes() == ["missed"]
    assert now_of(waiting).status == "pending"


def test_an_excluded_tick_says_what_excluded_it(ada):
    a_scheduled_task(ada, unique_runs="refuse")
    pass_time(60)
    pass_time(60)

    why = explain(ticks()[1])

    assert (why.code, why.sentence) == (
        "overlap",
        "It was skipped. A run with the same arguments was live, or had the period already.",
    )
    assert "change unique_runs of the task" in why.advice[0]


def test_a_tick_that_its_run_will_exclude_cancels_nothing(ada):
    """Such policies are refused today, but not in rows that were written before."""
    task = a_scheduled_task(ada, unique_runs="refuse")
    Task.objects.update(overlap="cancel_other")
    pass_time(60)
    a_claim(ticks()[0])

    pass_time(60)

    first, second = ticks()
    assert (first.cancel_requested_at, second.reason) == (None, "overlap")
    assert timer_of(task).next_fire_at


def test_other_tasks_of_the_batch_are_not_concerned(ada):
    a_scheduled_task(ada, name="one", unique_runs="refuse")
    a_scheduled_task(ada, name="two")

    pass_time(60)
    pass_time(60)

    assert sorted(outcomes()) == ["overlap", "pending", "pending", "pending"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_a_tick_and_a_person_at_once_leave_one_run_and_a_row_for_the_tick(_, ada):
    task = a_scheduled_task(ada, unique_runs="refuse")
    age(61)

    acts: list[Any] = [fire_due, lambda: services.execute_task(Actor(ada), task)]
    answers: Any = at_once(lambda act: act(), acts)

    live = TaskExecution.objects.live()
    [tick] = ticks()
    assert live.count() == 1
    assert (
        (tick.status, tick.reason) == ("pending", "")
        if answers[1] is AlikeIsLive
        else (
            "skipped",
            "overlap",
        )
    )
    assert not Timer.objects.set_aside().exists()


@pytest.fixture
def room(monkeypatch, settings):
    """So many runs of an owner may wait."""

    def made(most):
        settings.WAITING_RUNS_PER_OWNER_MAX = most
        monkeypatch.setattr(backlog, "_backlog", backlog.Backlog())

    return made


def test_a_tick_for_which_there_is_no_room_is_skipped_and_says_so(ada, room):
    a_scheduled_task(ada, name="one")
    a_scheduled_task(ada, name="two")
    room(1)

    pass_time(60)

    assert sorted(outcomes()) == ["over_limit", "pending"]
    [left] = TaskExecution.objects.filter(reason="over_limit")
    assert left.status == "skipped"
    assert "As many runs waited as may" in explain(left).sentence


def test_a_tick_without_room_cancels_nothing(ada, room):
    a_scheduled_task(ada, overlap="cancel_other")
    pass_time(60)
    a_claim(ticks()[0])
    room(0)

    pass_time(60)

    assert outcomes() == ["started", "over_limit"]
    assert the_claim_on(now_of(ticks()[0]))
    assert now_of(ticks()[0]).cancel_requested_at is None
