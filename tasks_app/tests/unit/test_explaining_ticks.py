"""Why one planned moment ran, was skipped, or never was one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app.models import Beat, Skip, TaskExecution, Timer
from tasks_app.models.control import database_time
from tasks_app.models.timer import STALE
from tasks_app.reporting.explaining import explain, explain_tick
from tasks_app.services import Actor, disable_task, enable_task, update_task
from tasks_app.states import CatchUp, Overlap, Reason, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import JOB, a_run, a_task
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


class Hourly:
    """The plan of a schedule that fires at every full hour."""

    def between(self, after, until, most):
        first = (after + HOUR).replace(minute=0, second=0, microsecond=0)
        return [first] if first <= until and most else []


@pytest.fixture
def now(db):
    return database_time()


@pytest.fixture
def next_hour(now):
    return (now + HOUR).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def task(ada, next_hour):
    """A task that a day ago was made to fire at every full hour, and a beat that lives."""
    hours = IntervalSchedule.objects.create(every=1, period="hours")
    schedule = PeriodicTask.objects.create(name="hourly", task=JOB, interval=hours)
    task = a_task(ada, name="hourly", schedule=schedule)
    PeriodicTask.objects.update(date_changed=Now() - 24 * HOUR)
    age(24 * 3600)
    a_beat(started_at=Now() - timedelta(days=2))
    Timer.objects.update(next_fire_at=next_hour, planned_for=next_hour)
    Timer.objects.update(watermark=next_hour - HOUR)
    task.refresh_from_db()
    return task


def a_tick(task, at, reason="", status=Status.SKIPPED, **columns):
    """The row of one planned moment."""
    defaults = {"trigger": Trigger.SCHEDULE, "schedule_name": "hourly", "task": task}
    began = {"attempt": 0, "started_at": None} if status == Status.SKIPPED else {}
    return a_run(
        status,
        **(defaults | began | columns),
        schedule_id=task.schedule_id,
        scheduled_for=at,
        reason=reason,
    )


# --- ticks that policy put aside


def test_a_missed_tick_tells_from_when_to_when_no_beat_lived(task, next_hour):
    Beat.objects.update(seen_at=next_hour - 5 * HOUR)
    a_beat("later", started_at=next_hour - 2 * HOUR)
    type(task).objects.update(catch_up=CatchUp.SKIP)

    why = explain(a_tick(task, next_hour - 3 * HOUR, Reason.MISSED))

    a, b = next_hour - 5 * HOUR, next_hour - 2 * HOUR
    assert why.code == "missed"
    assert why.sentence == (
        f"It was missed: no beat lived from {a:%Y-%m-%d %H:%M:%S} UTC to "
        f"{b:%Y-%m-%d %H:%M:%S} UTC, and catch-up of its task is “skip”."
    )


def test_a_missed_tick_that_no_row_of_a_beat_explains_blames_nobody(task, next_hour):
    why = explain(a_tick(task, next_hour - 3 * HOUR, Reason.MISSED))

    assert why.sentence.startswith("It was missed: no beat fired it at its moment, and catch-up")


def test_a_missed_tick_tells_the_sentence_of_its_row(task, next_hour):
    disabled = "It was disabled before a scheduler came to it."

    why = explain(a_tick(task, next_hour - 3 * HOUR, Reason.MISSED, error=disabled))

    assert why.sentence == f"It was missed. {disabled}"


def test_a_beat_that_was_heard_shortly_before_the_moment_lived(task, next_hour):
    at = next_hour - 3 * HOUR
    Beat.objects.update(seen_at=at - timedelta(seconds=9))

    assert "no beat fired it" in explain(a_tick(task, at, Reason.MISSED)).sentence

    Beat.objects.update(seen_at=at - timedelta(seconds=11))

    assert "no beat lived" in explain(a_tick(task, at + HOUR, Reason.MISSED)).sentence


def test_beats_of_more_than_a_week_ago_prove_nothing(task, now):
    why = explain(a_tick(task, now - timedelta(days=8), Reason.MISSED))

    assert "no beat fired it at its moment" in why.sentence


def test_a_gap_counts_what_it_stands_for(task, next_hour):
    first, last = next_hour - 9 * HOUR, next_hour - 3 * HOUR

    why = explain(a_tick(task, last, Reason.MISSED, missed_from=first, missed_count=7))

    assert why.sentence.startswith("7 ticks were missed: ")
    assert any(line.startswith("It stands for 7 ticks of hourly, from ") for line in why.evidence)


def test_an_overlap_names_the_run_that_was_live(task, next_hour):
    type(task).objects.update(overlap=Overlap.SKIP)
    other = a_run(Status.STARTED, task=task)
    a_run(Status.PENDING, task=task, run_at=Now() + HOUR)

    why = explain(a_tick(task, next_hour - HOUR, Reason.OVERLAP))

    assert why.code == "overlap"
    assert f"because run {other.pk} of the same task was live since " in why.sentence
    assert "the overlap policy is “skip”" in why.sentence
    assert "It is still live." in why.evidence


def test_a_run_that_had_ended_before_is_not_blamed_for_an_overlap(task, next_hour):
    a_run(Status.SUCCESS, task=task)
    age(10)

    why = explain(a_tick(task, next_hour - HOUR, Reason.OVERLAP))

    assert why.sentence.startswith("It was skipped, because another run of the task was still live")


def test_a_run_that_ended_since_then_is_blamed(task, next_hour):
    other = a_run(Status.SUCCESS, task=task)
    age(10)
    tick = a_tick(task, next_hour - HOUR, Reason.OVERLAP)
    TaskExecution.objects.filter(pk=other.pk).update(finished_at=Now())

    why = explain(tick)

    assert str(other.pk) in why.sentence
    assert any(line.startswith("It ended at ") for line in why.evidence)


def test_the_person_who_skipped_a_tick_is_named_with_the_reason(task, next_hour, ada):
    at = next_hour - HOUR
    Skip.objects.create(schedule=task.schedule, scheduled_for=at, user=ada, reason="stocktaking")

    why = explain(a_tick(task, at, Reason.BY_PERSON))

    assert why.code == "by_person"
    assert why.sentence.startswith("ada skipped it at ")
    assert "The reason given: stocktaking" in why.evidence


def test_a_skip_that_is_gone_leaves_the_bare_sentence(task, next_hour):
    assert explain(a_tick(task, next_hour - HOUR, Reason.BY_PERSON)).sentence == (
        "A person skipped it."
    )


def test_a_task_that_had_its_runs_says_how_many(task, next_hour):
    type(task).objects.update(max_runs=3)
    Timer.objects.update(run_count=3)

    why = explain(a_tick(task, next_hour - HOUR, Reason.MAX_RUNS))

    assert why.sentence.endswith("had reached its number of runs of 3.")
    assert "Its schedule has started 3 runs." in why.evidence


def test_too_many_ticks_at_once_say_how_many_wait(task, next_hour):
    a_run(task=task, run_at=None, reason=Reason.BUFFERED)

    why = explain(a_tick(task, next_hour - HOUR, Reason.OVER_LIMIT))

    assert why.code == "over_limit"
    assert "Of its ticks, 1 waits for an earlier run now." in why.evidence


def test_a_skipped_tick_costs_few_questions(task, next_hour, django_assert_max_num_queries):
    a_run(Status.STARTED, task=task)
    for reason in (Reason.MISSED, Reason.OVERLAP, Reason.BY_PERSON):
        tick = a_tick(task, next_hour - HOUR * len(reason), reason)
        with django_assert_max_num_queries(6):
            explain(tick)


# --- moments


def test_the_row_of_a_moment_explains_it(task, next_hour):
    a_tick(task, next_hour - HOUR, Reason.OVERLAP)

    assert explain_tick(task, next_hour - HOUR).code == "overlap"


def test_the_row_of_a_schedule_that_the_task_had_before_counts_too(task, next_hour):
    a_tick(task, next_hour - HOUR, status=Status.SUCCESS)
    type(task).objects.update(schedule=None)

    assert explain_tick(task, next_hour - HOUR).code in ("success", "ran_late")


def test_a_moment_inside_a_gap_is_told_with_the_gap(task, next_hour):
    first, last = next_hour - 9 * HOUR, next_hour - 3 * HOUR
    a_tick(task, last, Reason.MISSED, missed_from=first, missed_count=7)
    inside = next_hour - 5 * HOUR

    why = explain_tick(task, inside)

    assert why.code == "missed"
    assert f"{inside:%Y-%m-%d %H:%M:%S} UTC lies in that gap." in why.evidence


def test_a_moment_before_the_task_was_made_is_told(task):
    why = explain_tick(task, datetime(2020, 1, 1, tzinfo=UTC))

    assert why.code == "before_creation"
    assert why.sentence.startswith("The task was created only at ")


def test_a_coming_tick_is_told_with_how_soon(task, next_hour):
    assert explain_tick(task, next_hour).code == "scheduled"
    assert explain_tick(task, next_hour + HOUR, Hourly()).code == "scheduled"


def test_beyond_the_next_tick_nothing_is_told_without_a_plan(task, next_hour):
    assert explain_tick(task, next_hour + HOUR).code == "unknown"


def test_a_coming_tick_that_a_person_put_aside_is_told(task, next_hour, ada):
    Skip.objects.create(schedule=task.schedule, scheduled_for=next_hour + HOUR, user=ada)

    assert explain_tick(task, next_hour + HOUR, Hourly()).code == "will_be_skipped"
    assert explain_tick(task, next_hour, Hourly()).code == "scheduled"


@pytest.mark.parametrize("plan", [None, Hourly()])
def test_what_lies_between_two_ticks_is_no_moment(task, next_hour, plan):
    why = explain_tick(task, next_hour - MICROSECOND, plan)

    assert why.code == "not_a_moment"
    assert f"Its next moment is {next_hour:%Y-%m-%d %H:%M:%S} UTC." in why.evidence


def test_a_moment_that_was_none_is_told_by_the_plan(task, next_hour):
    assert explain_tick(task, next_hour - 3 * HOUR - MICROSECOND, Hourly()).code == "not_a_moment"


def test_a_coming_tick_of_a_disabled_task_tells_who_disabled_it(task, next_hour, ada):
    disable_task(Actor(ada), task)

    assert "ada from code disabled it" in explain_tick(task, next_hour).sentence


def test_a_coming_tick_without_a_beat_is_told(task, next_hour):
    age(60)
    Timer.objects.update(next_fire_at=next_hour, planned_for=next_hour)

    assert explain_tick(task, next_hour).code == "beat_down"


def test_a_moment_after_the_end_is_told(task, next_hour):
    PeriodicTask.objects.update(expires="2026-03-01T09:00Z")
    Timer.objects.update(next_fire_at=None)

    assert explain_tick(task, next_hour).code == "ended"


def test_a_span_while_it_was_disabled_is_told_by_the_history(task, ada):
    disable_task(Actor(ada), task, reason="broken feed")
    disabled = database_time() + MICROSECOND
    enable_task(Actor(ada), task)
    enabled = database_time() + MICROSECOND

    why = explain_tick(task, disabled)

    assert why.code == "disabled"
    assert why.sentence.endswith(", by ada.")
    assert "broken feed" in why.evidence
    assert explain_tick(task, enabled).code != "disabled"


def test_before_the_first_edit_it_was_as_that_edit_found_it(task, ada, now):
    type(task).objects.update(enabled=False)
    task.refresh_from_db()
    enable_task(Actor(ada), task)

    assert explain_tick(task, now - HOUR).code == "disabled"


def test_a_moment_without_a_row_may_have_been_pruned(task, next_hour):
    why = explain_tick(task, next_hour - 3 * HOUR, Hourly())

    assert why.code == "unknown"
    assert why.sentence.endswith("its schedule did not plan it, or its row was pruned.")


def test_after_an_edit_the_plan_of_today_says_nothing_of_then(task, next_hour, ada):
    update_task(Actor(ada), task, catch_up=CatchUp.ALL)

    why = explain_tick(task, next_hour - 3 * HOUR - MICROSECOND, Hourly())

    assert why.code == "unknown"
    assert any("was edited since then" in line for line in why.evidence)


def test_after_an_edit_of_the_schedules_own_row_neither(task, next_hour):
    task.schedule.save()

    assert explain_tick(task, next_hour - 3 * HOUR - MICROSECOND, Hourly()).code == "unknown"


def test_just_after_an_edit_nothing_is_told_of_coming_moments(task, next_hour):
    Timer.objects.update(next_fire_at=STALE)

    assert explain_tick(task, next_hour).code == "just_edited"


def test_a_moment_that_is_due_and_not_fired_is_told(task, now):
    due = now - timedelta(seconds=2)
    Timer.objects.update(next_fire_at=due, planned_for=due)

    assert explain_tick(task, due).code == "due"


def test_a_task_without_a_schedule_has_no_ticks(ada, now):
    assert explain_tick(a_task(ada), now + HOUR).code == "no_schedule"


def test_a_moment_costs_few_questions(task, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        explain_tick(task, now - 3 * HOUR, Hourly())
