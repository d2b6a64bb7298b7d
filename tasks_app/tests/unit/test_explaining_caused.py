"""Ticks that a beat decided: each is explained by what really happened to it."""

from datetime import timedelta

import pytest
from django_celery_beat.models import PeriodicTask

from tasks_app import lifecycle, services
from tasks_app.models import Beat
from tasks_app.reporting.explaining import explain, explain_tick
from tasks_app.scheduling.disabling import disable_failing
from tasks_app.scheduling.plan import Plan
from tasks_app.services import Actor
from tasks_app.states import Reason
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_claim, now_of
from tasks_app.tests.schedules import a_scheduled_task, look, now, pass_time, ticks, timer_of
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def plan_of(task):
    """The plan as a door reads it."""
    return Plan.read(timer_of(task).spec)


def test_after_a_downtime_each_tick_tells_when_no_beat_lived(ada):
    a_beat("before")
    task = a_scheduled_task(ada, catch_up="skip")
    age(600)
    a_beat("after")
    look()
    missed = next(tick for tick in ticks() if tick.reason == Reason.MISSED)

    why = explain_tick(task, missed.scheduled_for)

    assert why.code == "missed"
    assert why.sentence.startswith("It was missed: no beat lived from ")
    assert why.sentence.endswith("and catch-up of its task is “skip”.")


def test_each_moment_of_a_long_downtime_is_found_in_its_gap(ada):
    task = a_scheduled_task(ada, catch_up="latest")
    pass_time(3 * 3600)
    gap = next(tick for tick in ticks() if tick.missed_count > 1)

    assert explain_tick(task, gap.missed_from).code == "missed"
    assert explain_tick(task, gap.missed_from + MINUTE).code == "missed"
    assert f"{gap.missed_count} ticks were missed" in explain(gap).sentence


def test_an_overlap_names_the_run_under_way(ada):
    a_scheduled_task(ada, overlap="skip")
    pass_time(60)
    a_claim(ticks()[0])
    pass_time(60)

    why = explain(ticks()[1])

    assert (why.code, str(ticks()[0].pk) in why.sentence) == ("overlap", True)


def test_a_buffered_tick_names_the_run_it_waits_for(ada):
    a_scheduled_task(ada, overlap="buffer_one")
    pass_time(60)
    a_claim(ticks()[0])
    pass_time(60)

    why = explain(ticks()[1])

    assert (why.code, str(ticks()[0].pk) in why.sentence) == ("buffered", True)


def test_the_run_that_made_way_tells_so(ada):
    a_scheduled_task(ada, overlap="cancel_other")
    pass_time(60)
    claim = a_claim(ticks()[0])
    pass_time(60)
    lifecycle.revoke(claim, Reason.CANCELLED)

    why = explain(ticks()[0])

    assert why.sentence.startswith("It was cancelled by the schedule of its task at ")


def test_a_tick_that_a_person_skips_is_told_before_and_after(ada):
    a_beat()
    task = a_scheduled_task(ada)
    at = timer_of(task).next_fire_at
    services.skip_tick(Actor(ada), task, at, reason="stocktaking")

    assert explain_tick(task, at).code == "will_be_skipped"
    pass_time(61)
    why = explain(ticks()[0])
    assert why.code == "by_person"
    assert why.sentence.startswith("ada skipped it at ")
    assert "The reason given: stocktaking" in why.evidence


def test_the_last_run_of_a_limited_task_leaves_it_at_its_end(ada):
    task = a_scheduled_task(ada, max_runs=1)
    pass_time(60)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    why = explain(task)

    assert (why.code, why.sentence) == ("max_runs", "Its schedule has started 1 of 1 runs.")


def test_a_one_off_that_fired_says_when(ada):
    task = a_scheduled_task(ada, scheduled_time=now() + MINUTE)
    pass_time(61)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    assert explain(task).code == "fired_once"


def test_failures_in_a_row_disable_a_task_and_the_system_says_so(ada):
    task = a_scheduled_task(ada, disable_after_failures=1)
    pass_time(60)
    failing = lifecycle.Failing("OSError: no route")
    lifecycle.fail(a_claim(ticks()[0]), Reason.ERROR, failing)
    disable_failing()

    why = explain(task)

    assert (why.code, "the system disabled it at" in why.sentence) == ("disabled", True)
    assert any("OSError: no route" in line for line in why.evidence)


def test_a_schedule_that_somebody_broke_is_set_aside_with_its_error(ada):
    task = a_scheduled_task(ada)
    PeriodicTask.objects.update(headers="no JSON")
    look()

    why = explain(task)

    assert why.code == "set_aside"
    assert "headers are no JSON object" in why.sentence


def test_a_plan_tells_coming_moments_from_others(ada):
    a_beat()
    task = a_scheduled_task(ada)
    at = timer_of(task).next_fire_at + 5 * MINUTE

    assert explain_tick(task, at, plan_of(task)).code == "scheduled"
    assert explain_tick(task, at + MINUTE / 2, plan_of(task)).code == "not_a_moment"


def test_a_tick_that_beat_fired_and_a_worker_ran_was_on_time(ada):
    a_scheduled_task(ada)
    pass_time(61)
    lifecycle.succeed([(a_claim(ticks()[0]), None)])

    why = explain(now_of(ticks()[0]))

    assert why.code == "success"
    assert why.sentence.startswith("Its schedule a task · ")


def test_without_a_beat_the_next_tick_will_not_fire(ada):
    task = a_scheduled_task(ada)
    assert not Beat.objects.exists()

    assert explain_tick(task, timer_of(task).next_fire_at).code == "beat_down"
