"""Why a run runs or ended as it did: by whom, when, how late."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.lifecycle import Failing
from tasks_app.models import Event, TaskExecution, Worker
from tasks_app.reporting.explaining import explain
from tasks_app.services import Actor, cancel_execution, update_task_status
from tasks_app.states import OnLost, Reason, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_claim, a_run, a_task, the_claim_on
from tasks_app.tests.unit.machinery import a_beat, a_worker

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def moved(run, **seconds):
    """The run with these moments so many seconds later (or, negative, earlier)."""
    later = {name: F(name) + timedelta(seconds=value) for name, value in seconds.items()}
    TaskExecution.objects.filter(pk=run.pk).update(**later)
    return run


# --- running


def test_a_run_tells_since_when_where_and_how_far():
    run = a_run(
        Status.STARTED, progress=40, progress_message="page 4", progress_at=Now(), attempt=2
    )

    why = explain(run)

    assert why.code == "running"
    assert why.sentence.startswith("It runs on worker w@here since ")
    assert why.sentence.endswith(", attempt 2.")
    assert any(line.startswith("It told 40 % at") and "page 4" in line for line in why.evidence)
    assert any(line.startswith("Its lease holds until 2100-01-01") for line in why.evidence)


def test_a_run_without_progress_says_so():
    assert "It has told no progress." in explain(a_run(Status.STARTED)).evidence


def test_a_run_that_was_asked_to_stop_tells_by_whom_and_why(ada):
    run = a_run(Status.STARTED, owner=ada)
    cancel_execution(Actor(ada), run, reason="wrong file")

    why = explain(run)

    assert why.code == "stopping"
    assert why.sentence.startswith("ada asked it to stop at ")
    assert "The reason given: wrong file" in why.evidence
    assert "Its worker has not heard of it yet, and stops it 10 s after it has." in why.evidence


def test_a_worker_that_has_heard_is_told_with_the_grace_of_the_run(ada):
    run = a_run(Status.STARTED, owner=ada, cancel_grace=90)
    cancel_execution(Actor(ada), run)
    lifecycle.renew([the_claim_on(run)], lease=9e9)

    [heard] = [line for line in explain(run).evidence if "heard of it" in line]

    assert heard.startswith("Its worker stops it 90 s after it heard of it, at 20")


def test_an_end_that_came_before_the_stop_says_so(ada):
    run = a_run(Status.STARTED, owner=ada)
    cancel_execution(Actor(ada), run)
    lifecycle.succeed([(the_claim_on(run), None)])

    why = explain(run)

    assert why.code == "success"
    [line] = [line for line in why.evidence if "too late" in line]
    assert line.startswith("ada asked it to stop at ")


def test_a_stop_that_was_heard_of_tells_when():
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], lifecycle.Canceller(None))
    lifecycle.renew([the_claim_on(run)], lease=LEASE)
    lifecycle.revoke(the_claim_on(run), Reason.CANCELLED)

    assert any(line.startswith("Its worker heard of it at ") for line in explain(run).evidence)


@pytest.mark.parametrize(
    "columns, fate",
    [
        ({"on_lost": OnLost.RETRY}, "It is tried again"),
        ({"on_lost": OnLost.FAIL}, "It ends as lost"),
        ({"cancel_requested_at": Now()}, "It ends as cancelled"),
        (
            {"on_lost": OnLost.RETRY, "worker_deaths": 2},
            "It is tried again, unless the 2 deaths before are too many,",
        ),
    ],
)
def test_a_lease_that_ran_out_tells_who_decides(columns, fate):
    a_worker(hostname="worker@here")
    run = a_run(**columns)
    a_claim(run)
    age(60)

    why = explain(run)

    assert why.code == "silent"
    assert why.sentence.startswith("Its worker worker@here fell silent")
    assert f"{fate} once beat has watched for 15 s without a gap." in why.evidence
    assert any("Worker worker@here was last heard at" in line for line in why.evidence)
    assert why.advice == ["Start a beat: celery -A config beat."]


# --- why it ran, and late or not


def test_a_success_tells_who_asked_and_that_it_was_on_time(ada):
    why = explain(a_run(Status.SUCCESS, trigger=Trigger.ADMIN, triggered_by=ada))

    assert why.code == "success"
    assert why.sentence == "ada asked for it in the admin; it began on time and succeeded."


def test_a_success_of_a_tick_names_its_schedule_and_moment():
    run = a_run(Status.SUCCESS, trigger=Trigger.SCHEDULE, schedule_name="nightly", schedule_id=7)
    TaskExecution.objects.update(scheduled_for=F("created_at"))
    run.refresh_from_db()

    why = explain(run)

    moment = f"{run.scheduled_for:%Y-%m-%d %H:%M:%S} UTC"
    assert why.code == "success"
    assert why.sentence.startswith(f"Its schedule nightly planned it for {moment}; ")


def test_a_backfill_tells_who_asked_and_for_which_moment(ada):
    run = a_run(
        Status.SUCCESS,
        trigger=Trigger.BACKFILL,
        triggered_by=ada,
        scheduled_for="2026-03-01T09:00Z",
    )

    why = explain(run)

    assert why.code == "success"
    assert "ada asked for it as a backfill, for the moment 2026-03-01 09:00:00 UTC" in why.sentence


def test_a_run_that_waited_in_its_queue_tells_how_long():
    why = explain(moved(a_run(Status.SUCCESS), created_at=-90, run_at=-90))

    assert why.code == "ran_late"
    assert why.sentence.endswith("it began 1 min 30 s late and succeeded.")
    assert "It waited 1 min 30 s on queue default after it was due." in why.evidence


def test_a_delay_that_was_asked_for_is_no_lateness():
    assert explain(moved(a_run(Status.SUCCESS), created_at=-90)).code == "success"


def test_a_tick_that_was_fired_late_tells_that_no_beat_lived():
    a_beat("early")
    age(600)
    a_beat("late")
    run = a_run(Status.SUCCESS, trigger=Trigger.SCHEDULE, schedule_id=7)
    TaskExecution.objects.update(scheduled_for=F("created_at") - 5 * MINUTE)

    why = explain(run)

    assert why.code == "ran_late"
    assert "Beat fired it 5 min after its moment." in why.evidence
    assert any(line.startswith("No beat lived from ") for line in why.evidence)


def test_a_tick_that_was_fired_late_by_a_beat_that_lived_blames_nobody():
    a_beat(started_at=Now() - 5 * MINUTE)
    run = a_run(Status.SUCCESS, trigger=Trigger.SCHEDULE, schedule_id=7)
    TaskExecution.objects.update(scheduled_for=F("created_at") - MINUTE)

    why = explain(run)

    assert "Beat fired it 1 min after its moment." in why.evidence
    assert not any("No beat lived" in line for line in why.evidence)


def test_a_tick_that_became_due_later_says_so():
    run = a_run(Status.SUCCESS, trigger=Trigger.SCHEDULE, schedule_id=7)
    TaskExecution.objects.update(scheduled_for=F("created_at") - MINUTE)

    assert any(
        line.startswith("It was due only at")
        for line in explain(moved(run, created_at=-60)).evidence
    )


def test_after_another_attempt_the_first_start_is_not_known():
    why = explain(moved(a_run(Status.SUCCESS, attempt=2), created_at=-90, run_at=-90))

    assert (why.code, why.sentence.endswith("; attempt 2 succeeded.")) == ("success", True)


# --- ended


def ended(reason, status=Status.FAILURE, **columns):
    return explain(a_run(status, reason=reason, **columns))


def test_an_error_is_told_in_its_line_with_the_tries_before():
    run = a_run()
    lifecycle.retry(a_claim(run), 0, Failing("OSError: first"))
    lifecycle.fail(a_claim(run), Reason.ERROR, Failing("OSError: second\nmore"))

    why = explain(run)

    assert why.code == "error"
    assert why.sentence == "The job raised an error: OSError: second"
    assert "It was tried 2 times." in why.evidence
    assert any("it failed. OSError: first" in line for line in why.evidence)


def test_a_timeout_tells_the_limits_and_how_long_it_ran():
    run = a_run(Status.FAILURE, reason=Reason.TIMEOUT, soft_time_limit=50, time_limit=60)

    why = explain(moved(run, started_at=-61))

    assert why.sentence == (
        "It ran longer than its time limit (soft limit 50 s and hard limit 60 s). "
        "It ran for 1 min 1 s."
    )


def test_a_lost_run_tells_which_worker_and_when_it_was_heard():
    a_worker()
    age(120)

    why = ended(Reason.LOST, on_lost=OnLost.FAIL)

    assert why.code == "lost"
    assert why.sentence.startswith("Its worker w@here died or fell silent")
    assert any("w@here was last heard at" in line and "2 min ago" in line for line in why.evidence)


def test_poison_tells_how_often():
    assert "Its worker died 3 times" in ended(Reason.POISON, worker_deaths=3).sentence


def test_an_expired_run_tells_when_and_which_worker_could_have_run_it():
    a_worker()
    columns = {"expires_at": "2026-03-01T09:00Z", "attempt": 0, "started_at": None}

    why = ended(Reason.EXPIRED, Status.REVOKED, **columns)

    assert why.code == "expired"
    assert why.sentence == "It was not started before it expired at 2026-03-01 09:00:00 UTC."
    assert any("The last worker of queue default, w@here, which started" in x for x in why.evidence)


def test_a_run_that_expired_where_no_worker_is_known_says_so():
    why = ended(Reason.EXPIRED, Status.REVOKED, queue="reports")

    assert "No worker is known that ever served queue reports." in why.evidence


@pytest.mark.parametrize("status, when", [("pending", "before it started"), ("started", "while")])
def test_a_cancelled_run_tells_by_whom_through_which_door_and_why(ada, status, when):
    run = a_run(owner=ada)
    claim = a_claim(run) if status == "started" else None
    cancel_execution(Actor(ada, Trigger.API), run, reason="wrong file")
    if claim:
        lifecycle.revoke(claim, Reason.CANCELLED)

    why = explain(run)

    assert why.code == "cancelled"
    assert why.sentence.startswith("It was cancelled by ada at ")
    assert when in why.sentence
    assert "Cancelled by ada through the API." in why.evidence
    assert "The reason given: wrong file" in why.evidence


def test_a_run_that_made_way_for_the_next_tick_tells_so():
    run = a_run()
    lifecycle.cancel([run.pk], lifecycle.Canceller(None))
    Event.objects.create(
        door=Trigger.SCHEDULE, verb="cancel", subject="execution", subject_id=run.pk, reason="Next."
    )

    why = explain(run)

    assert why.sentence.startswith("It was cancelled by the schedule of its task at ")
    assert "The reason given: Next." in why.evidence


def test_an_outcome_set_by_hand_tells_by_whom(ada):
    task = a_task(ada)
    run = a_run(task=task, owner=ada)
    update_task_status(Actor(ada, Trigger.ADMIN), task.pk, "failed", error="the feed is empty")

    why = explain(run)

    assert why.code == "set_by_hand"
    assert why.sentence.startswith("Its outcome was set to failure by ada in the admin at ")
    assert {"It was pending before.", "the feed is empty"} <= set(why.evidence)


def test_an_unknown_job_is_named():
    why = ended(Reason.UNKNOWN_JOB, celery_task_name="shop.gone", error="NotRegistered: shop.gone")

    assert why.sentence == "The worker that got it knows no job shop.gone."
    assert "NotRegistered: shop.gone" in why.evidence


def test_a_shutdown_tells_how_the_worker_stopped():
    a_worker(stopped_at=Now(), stop_reason="cold shutdown")

    why = ended(Reason.SHUTDOWN)

    assert why.sentence.startswith("Its worker w@here was shut down")
    assert any("It stopped: cold shutdown." in line for line in why.evidence)


@pytest.mark.parametrize("reason", [each for each in Reason if each.label])
def test_every_reason_has_its_answer(reason):
    why = ended(reason)

    assert why.code == reason
    assert why.sentence.endswith(".") or reason == Reason.ERROR


def test_what_a_worker_did_is_told_without_its_row():
    Worker.objects.all().delete()

    assert not any("last heard" in line for line in ended(Reason.LOST).evidence)


def test_an_ended_run_costs_few_questions(django_assert_max_num_queries, ada):
    run = a_run(
        Status.REVOKED, reason=Reason.CANCELLED, attempt=3, failed_tries=2, cancel_requested_by=ada
    )

    with django_assert_max_num_queries(8):
        explain(run)
