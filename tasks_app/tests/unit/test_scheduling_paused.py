"""A tick comes while its task, its queue or everything is paused."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app import lifecycle, services
from tasks_app.maintenance.holding import Holding
from tasks_app.models import Event, TaskExecution
from tasks_app.reporting.explaining import explain, explain_tick
from tasks_app.scheduling.buffered import start_next_in_line
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_claim, now_of, the_claim_on
from tasks_app.tests.schedules import (
    a_schedule,
    a_scheduled_task,
    look,
    outcomes,
    pass_time,
    ticks,
    timer_of,
)
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rings(monkeypatch):
    monkeypatch.setattr("tasks_app.broker.check", lambda: None)


@pytest.fixture
def paused(ada):
    """A task under a pause."""

    def made(**fields):
        task = a_scheduled_task(ada, **fields)
        services.pause(Actor(ada), task=task, reason="The feed is broken.")
        return task

    return made


def resume(task):
    services.resume_task(Actor(task.owner), task)
    return Holding().free_held()


def test_the_earliest_tick_waits_and_later_ones_are_missed(paused):
    task = paused()

    for _ in range(3):
        pass_time(60)

    assert outcomes() == ["paused", "missed", "missed"]
    waiting = ticks()[0]
    assert (waiting.status, waiting.published_at, waiting.run_at) == (
        "pending",
        None,
        waiting.scheduled_for,
    )
    assert resume(task) == 1
    assert outcomes() == ["pending", "missed", "missed"]


def test_catch_up_all_lets_a_hundred_wait(paused, monkeypatch):
    monkeypatch.setattr("tasks_app.scheduling.held._MOST_WAITING", {"all": 3})
    paused(catch_up="all")

    for _ in range(5):
        pass_time(60)

    assert outcomes() == ["paused"] * 3 + ["missed"] * 2


def test_ticks_that_come_at_once_share_what_may_wait(paused, monkeypatch):
    monkeypatch.setattr("tasks_app.scheduling.held._MOST_WAITING", {"all": 2})
    paused(catch_up="all")

    pass_time(240)

    assert outcomes() == ["paused", "paused", "missed", "missed"]


def test_catch_up_skip_lets_none_wait(paused):
    paused(catch_up="skip")

    pass_time(60)

    assert outcomes() == ["missed"]


@pytest.mark.parametrize("subject", [{"queue": "default"}, {"everything": True}])
@pytest.mark.parametrize("has_task", [True, False])
def test_a_paused_queue_or_all_holds_schedules_with_a_task_or_without(ada, root, subject, has_task):
    if has_task:
        a_scheduled_task(ada)
    else:
        a_schedule()
        look()
    services.pause(Actor(root), **subject)

    pass_time(60)
    pass_time(60)

    assert outcomes() == ["paused", "missed"]


def test_other_tasks_go_on(paused, ada):
    paused()
    a_scheduled_task(ada, name="another")

    pass_time(60)

    assert sorted(outcomes()) == ["paused", "pending"]


def test_an_expired_pause_holds_no_tick(ada):
    task = a_scheduled_task(ada)
    services.pause(Actor(ada), task=task, expires_in=30)

    pass_time(60)

    assert outcomes() == ["pending"]


def test_a_tick_that_waited_before_the_pause_counts(ada):
    task = a_scheduled_task(ada)
    pass_time(60)
    services.pause(Actor(ada), task=task)

    pass_time(60)
    Holding().hold_due()

    assert outcomes() == ["paused", "missed"]


def test_a_tick_waits_for_its_jitter_first(paused):
    paused(jitter=24 * 3600)

    pass_time(60)
    assert outcomes() == ["delayed"]
    age(24 * 3600)
    Holding().hold_due()

    assert outcomes() == ["paused"]


def test_a_tick_behind_a_held_one_starts_after_it(paused):
    task = paused(overlap="buffer_all", catch_up="all")
    pass_time(60)
    pass_time(60)
    assert outcomes() == ["paused", "buffered"]
    assert start_next_in_line() == 0

    resume(task)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    assert start_next_in_line() == 1
    assert outcomes() == ["success", "pending"]


def test_a_held_tick_is_in_the_way_of_one_that_skips(paused):
    paused(overlap="skip", catch_up="all")

    pass_time(60)
    pass_time(60)

    assert outcomes() == ["paused", "overlap"]


def test_a_held_tick_cancels_no_run_that_is_under_way(ada):
    task = a_scheduled_task(ada, overlap="cancel_other")
    pass_time(60)
    a_claim(ticks()[0])
    services.pause(Actor(ada), task=task)

    pass_time(60)

    first, second = ticks()
    assert (first.cancel_requested_at, second.reason) == (None, "buffered")
    lifecycle.succeed([(the_claim_on(now_of(first)), None)])
    start_next_in_line()
    Holding().hold_due()
    assert outcomes() == ["success", "paused"]


def test_a_tick_that_waits_counts_among_the_runs_a_task_may_have(paused):
    task = paused(max_runs=1)

    pass_time(60)

    assert outcomes() == ["paused"]
    assert (timer_of(task).run_count, timer_of(task).next_fire_at) == (1, None)


def test_a_backfill_of_a_paused_task_waits(paused, ada):
    task = paused(crontab="0 * * * *")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    end = begin + timedelta(hours=3)
    services.backfill_task(Actor(ada), task, begin, end, order="at_once")

    Holding().hold_due()

    assert set(TaskExecution.objects.values_list("reason", flat=True)) == {"paused"}
    assert resume(task) == 3


def test_an_edit_settles_what_was_owed_under_the_pause_too(paused, ada):
    task = paused()
    age(70)

    services.update_task(Actor(ada), task, interval=120)

    assert outcomes() == ["paused"]


def test_why_names_who_paused_what_and_how_many_wait(paused):
    task = paused()
    pass_time(60)
    pass_time(60)
    waiting, missed = ticks()

    held = explain(waiting)

    assert held.code == "paused"
    assert held.sentence.startswith("It is held: ada paused the task at ")
    assert "(reason: The feed is broken.), until resumed; 1 run waits." in held.sentence
    assert explain(task).code == "paused"
    assert "no more ticks wait for the end of one than catch-up runs" in explain(missed).sentence
    a_beat()
    [coming] = services.upcoming_ticks(Actor(task.owner), task=task, hours=1, limit=1)
    assert explain_tick(task, coming.at).code == "paused"


def test_why_tells_a_pause_that_ends_by_itself_and_a_second_one(ada, root):
    task = a_scheduled_task(ada)
    services.pause(Actor(root), queue="default", expires_in=600)
    services.pause(Actor(ada), task=task)
    pass_time(60)

    held = explain(ticks()[0])

    assert "root paused queue default at " in held.sentence
    assert ", until 2" in held.sentence
    assert "(in 8 min" in held.sentence
    assert any(line.startswith("Besides, ada paused the task") for line in held.evidence)


def test_a_tick_after_the_end_of_a_pause_is_not_called_paused(ada):
    task = a_scheduled_task(ada)
    services.pause_task(Actor(ada), task, expires_in=90)
    a_beat()
    within, after = services.upcoming_ticks(Actor(ada), task=task, hours=1, limit=2)

    assert explain_tick(task, within.at).code == "paused"
    assert services.why_task(Actor(ada), task, after.at).code == "scheduled"


def test_why_does_not_call_a_run_held_once_the_pause_is_over(paused, ada):
    task = paused()
    pass_time(60)
    services.resume_task(Actor(ada), task)

    why = explain(ticks()[0])

    assert "pause that held it is over" in why.sentence
    assert Event.objects.filter(verb="resume", subject="task").exists()
