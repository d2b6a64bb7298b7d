"""Why a task runs or does not: who disabled it, what its schedule does next, its last run."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app.models import Event, Skip, Timer
from tasks_app.models.timer import STALE
from tasks_app.reporting.explaining import explain
from tasks_app.services import Actor, disable_task, enable_task
from tasks_app.states import Reason, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import JOB, a_run, a_task
from tasks_app.tests.unit.machinery import a_beat

pytestmark = pytest.mark.django_db
SOON = Now() + timedelta(minutes=5)


@pytest.fixture
def task(ada):
    """A task with a schedule that fires next in five minutes, and a beat that lives."""
    a_beat()
    hourly = IntervalSchedule.objects.create(every=1, period="hours")
    schedule = PeriodicTask.objects.create(name="hourly", task=JOB, interval=hourly)
    task = a_task(ada, name="hourly", schedule=schedule)
    timer(next_fire_at=SOON, planned_for=SOON)
    return task


def timer(**columns):
    """Set the timer as beat would."""
    Timer.objects.update(**columns)


def test_a_task_without_schedule_and_runs_never_ran(ada):
    why = explain(a_task(ada))

    assert why.code == "never_ran"
    assert why.sentence == "It never ran: it has no schedule, and nobody executed it."


def test_a_task_without_schedule_is_explained_by_its_last_run(ada):
    task = a_task(ada)
    run = a_run(Status.FAILURE, task=task, reason=Reason.ERROR, error="OSError: no route")

    why = explain(task)

    assert why.code == "error"
    assert why.sentence == "The job raised an error: OSError: no route"
    assert any(line.startswith(f"Its run {run.pk}: ") for line in why.evidence)
    assert "It has no schedule: it runs when a person or program executes it." in why.evidence


def test_a_live_run_comes_before_the_schedule(task):
    a_run(Status.STARTED, task=task)

    why = explain(task)

    assert why.code == "running"
    assert any(line.startswith("Its schedule starts it next at ") for line in why.evidence)


def test_the_next_tick_is_told_with_how_soon_and_the_last_run(task):
    run = a_run(Status.SUCCESS, task=task)

    why = explain(task)

    assert why.code == "scheduled"
    assert why.sentence.endswith("(in 4 min 59 s).")
    assert any(line.startswith(f"Its run {run.pk}: ") for line in why.evidence)


def test_jitter_is_told(task):
    type(task).objects.update(jitter=30)
    timer(next_fire_at=SOON)

    assert "It begins up to 30 s later (jitter)." in explain(task).evidence


def test_who_disabled_it_and_why_is_told(task, ada):
    disable_task(Actor(ada, Trigger.API), task, reason="the feed is broken")

    why = explain(task)

    assert why.code == "disabled"
    assert "The task is disabled: ada through the API disabled it at " in why.sentence
    assert "The reason given: the feed is broken" in why.evidence


def test_the_last_one_who_disabled_it_counts(task, ada, bob):
    disable_task(Actor(ada), task)
    enable_task(Actor(ada), task)
    type(task).objects.update(owner=bob)
    disable_task(Actor(bob), task)

    assert "bob" in explain(task).sentence


def test_the_system_disables_after_failures_with_its_reason(task):
    type(task).objects.update(enabled=False)
    Event.objects.create(
        door=Trigger.SYSTEM,
        verb="disable",
        subject="task",
        subject_id=task.pk,
        before={"enabled": True},
        after={"enabled": False},
        reason="3 failures in a row",
    )

    why = explain(task)

    assert "the system disabled it" in why.sentence
    assert "The reason given: 3 failures in a row" in why.evidence


def test_nobody_is_blamed_for_what_the_history_does_not_tell(task):
    type(task).objects.update(enabled=False)

    why = explain(task)

    assert why.sentence == "The task is disabled, so its schedule does not start it."
    assert "The history does not tell who disabled it." in why.evidence


def test_a_schedule_that_was_set_aside_tells_its_error(task):
    timer(next_fire_at=None, error="30 February never comes.")

    why = explain(task)

    assert why.code == "set_aside"
    assert why.sentence.endswith("cannot be kept: 30 February never comes.")


def test_an_edit_that_beat_has_not_seen_is_told(task):
    timer(next_fire_at=STALE)

    assert explain(task).code == "just_edited"


@pytest.mark.parametrize("columns", [{}, {"next_fire_at": STALE}])
def test_without_a_beat_nothing_fires(task, columns):
    age(60)
    timer(**columns)

    why = explain(task)

    assert why.code == "beat_down"
    assert why.sentence.startswith("Its schedule does not fire, because no beat lives since ")
    assert why.advice == ["Start a beat: celery -A config beat."]


def test_a_tick_that_is_due_now_is_told(task):
    timer(next_fire_at=Now() - timedelta(seconds=2))

    assert explain(task).code == "due"


def test_a_skip_of_the_next_tick_is_told_with_who_and_why(task, ada):
    Skip.objects.create(
        schedule=task.schedule,
        scheduled_for=Timer.objects.get().next_fire_at,
        user=ada,
        reason="maintenance",
    )

    why = explain(task)

    assert why.code == "will_be_skipped"
    assert "will be skipped: ada put it aside at " in why.sentence
    assert "The reason given: maintenance" in why.evidence


def test_a_task_that_had_its_runs_says_how_many(task):
    type(task).objects.update(max_runs=3)
    timer(next_fire_at=None, run_count=3)

    why = explain(task)

    assert why.code == "max_runs"
    assert why.sentence == "Its schedule has started 3 of 3 runs."


def test_a_schedule_that_fires_once_did_so(task):
    PeriodicTask.objects.update(one_off=True, last_run_at="2026-03-01T09:00Z")
    timer(next_fire_at=None, watermark="2026-03-01T09:00Z")

    why = explain(task)

    assert why.code == "fired_once"
    assert why.sentence == "Its schedule fires once, and did so at 2026-03-01 09:00:00 UTC."
    assert "Its last moment was 2026-03-01 09:00:00 UTC." in why.evidence


def test_an_end_that_passed_is_told(task):
    PeriodicTask.objects.update(expires="2026-03-01T09:00Z")
    timer(next_fire_at=None)

    assert explain(task).code == "ended"
    assert "its end was set to 2026-03-01 09:00:00 UTC" in explain(task).sentence


def test_a_schedule_without_a_further_moment_has_ended(task):
    timer(next_fire_at=None)

    assert explain(task).sentence == "Its schedule has no further moment."


def test_a_task_costs_few_questions(task, ada, django_assert_max_num_queries):
    a_run(Status.REVOKED, task=task, reason=Reason.CANCELLED, attempt=3, failed_tries=2)

    with django_assert_max_num_queries(12):
        explain(task)
