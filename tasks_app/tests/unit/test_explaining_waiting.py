"""Why a run has not started: the right cause by name, in a sentence, with what proves it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from config import celery_app
from tasks_app.lifecycle import Failing, retry
from tasks_app.models import Attempt, Beat, TaskExecution, Worker
from tasks_app.reporting.explaining import explain
from tasks_app.states import AttemptOutcome, Priority, Reason, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_claim, a_run, a_task, now_of
from tasks_app.tests.unit.machinery import a_beat, a_worker

pytestmark = pytest.mark.django_db
SOON = Now() + timedelta(minutes=5)


@pytest.fixture
def memory(monkeypatch):
    """A broker that lives in this process, with empty queues."""
    monkeypatch.setattr(celery_app.conf, "broker_url", "memory://")


@pytest.fixture
def running(memory, db):
    """All that a run needs to start."""
    a_worker()
    a_beat()


def test_a_broker_that_is_down_is_the_cause_and_raises_nothing():
    why = explain(a_run())

    assert why.code == "broker_down"
    assert why.sentence == "It has not started, because the broker does not answer."
    assert "The broker does not answer." in why.evidence


def test_a_queue_that_no_worker_ever_served_is_told(running):
    why = explain(a_run(queue="reports"))

    assert why.code == "no_worker"
    assert why.sentence == "It has not started, because no live worker serves queue reports."
    assert "No worker is known that ever served queue reports." in why.evidence
    assert "Live workers and the queues they serve: w@here (default)." in why.evidence
    assert why.advice == ["Start a worker for it: celery -A config worker -Q reports."]


def test_a_queue_whose_worker_is_silent_is_told_with_the_time_it_was_heard(running):
    run = a_run()
    age(300)

    why = explain(run)

    seen_at = Worker.objects.get().seen_at
    assert why.code == "no_worker"
    assert f"no live worker serves queue default since {seen_at:%Y-%m-%d %H:%M:%S} UTC" in (
        why.sentence
    )
    assert "(5 min ago)" in why.sentence


def test_a_worker_that_said_goodbye_does_not_count(running):
    Worker.objects.update(stopped_at=Now(), stop_reason="warm shutdown")

    why = explain(a_run())

    assert why.code == "no_worker"
    assert any("It stopped: warm shutdown." in line for line in why.evidence)


def test_busy_slots_are_told_with_the_longest_run(running):
    first = a_run(Status.STARTED)
    age(60)
    Worker.objects.update(seen_at=Now())
    a_run(Status.STARTED)

    why = explain(a_run())

    assert why.code == "workers_busy"
    assert "all 2 slots of the workers of queue default are busy, and 0 runs" in why.sentence
    assert f"The longest running one, {first.pk}, began 1 min ago on w@here." in why.evidence


def test_the_run_of_a_stranger_is_not_named(running, ada, bob):
    others = [a_run(Status.STARTED, owner=bob) for _ in range(2)]

    why = explain(a_run(owner=ada))

    assert any(line.startswith("The longest running one began") for line in why.evidence)
    assert not any(str(run.pk) in line for run in others for line in why.evidence)


def test_a_queue_with_more_runs_before_it_than_slots_is_deep(running):
    for _ in range(3):
        a_run()
    run = a_run()

    assert explain(run).code == "queue_deep"
    assert "3 runs wait before it on queue default" in explain(run).sentence


def test_as_many_runs_before_it_as_slots_are_no_deep_queue(running):
    for status in (Status.STARTED, Status.PENDING) * 2:
        a_run(status)

    why = explain(a_run())

    assert (why.code, "and 2 runs wait before it." in why.sentence) == ("workers_busy", True)


def test_what_is_more_urgent_counts_as_before_it_and_what_is_less_does_not(running):
    run = a_run(priority=Priority.NORMAL)
    for priority in (Priority.CRITICAL, Priority.HIGH, Priority.HIGH, Priority.LOW):
        a_run(priority=priority)

    assert "3 runs wait before it" in explain(run).sentence


def test_a_run_of_another_queue_and_a_delayed_one_are_not_before_it(running):
    for columns in ({"queue": "reports"}, {"run_at": SOON}) * 3:
        a_run(**columns)

    assert explain(a_run()).code == "sent"


def test_a_due_run_that_nobody_sent_waits_for_beat(memory):
    a_worker()

    why = explain(a_run(published_at=None))

    assert why.code == "beat_down"
    assert why.sentence.endswith("but no beat lives to send its message.")
    assert why.advice == ["Start a beat: celery -A config beat."]


def test_a_beat_that_is_silent_is_told_with_the_time_it_was_heard(memory):
    a_beat()
    age(60)
    a_worker()

    assert "no beat lives since" in explain(a_run(published_at=None)).sentence
    assert "(1 min ago)" in explain(a_run(published_at=None)).sentence


def test_a_beat_that_ticks_but_does_not_sweep_does_not_live(memory):
    a_beat(swept_at=None)
    a_worker()

    assert explain(a_run(published_at=None)).code == "beat_down"


def test_one_living_beat_among_dead_ones_is_enough(running):
    Beat.objects.update(seen_at=Now() - timedelta(seconds=1))
    a_beat("another", swept_at=None)

    assert explain(a_run(published_at=None)).code == "unsent"


def test_a_delayed_run_tells_until_when_and_who_asked(running, ada):
    run = a_run(run_at=SOON, reason=Reason.DELAYED, triggered_by=ada, trigger=Trigger.API)

    why = explain(run)

    assert why.code == "delayed"
    assert f"delayed until {run.run_at:%Y-%m-%d %H:%M:%S} UTC (in 4 min 59 s)" in why.sentence
    assert why.sentence.endswith(", as ada asked.")
    assert "ada asked for it through the API." in why.evidence


def test_a_tick_that_waits_for_its_jitter_says_so(running):
    run = a_run(run_at=SOON, trigger=Trigger.SCHEDULE, scheduled_for="2026-03-01T09:00Z")

    assert "by the jitter of its task; its tick was 2026-03-01 09:00:00 UTC" in (
        explain(run).sentence
    )


def test_a_delayed_run_without_a_beat_says_what_it_will_lack(memory):
    a_worker()

    why = explain(a_run(run_at=SOON))

    assert why.code == "delayed"
    assert why.advice == [
        "Start a beat: celery -A config beat. Without one nothing rings for it then."
    ]


def test_back_off_tells_the_attempt_and_its_error(running):
    run = a_run(max_attempts=3)
    retry(a_claim(run), 60, Failing("OSError: no route\nat home"))

    why = explain(run)

    assert why.code == "back_off"
    assert why.sentence.endswith("because attempt 1 of 3 did not succeed: OSError: no route.")
    assert any(line.startswith("Attempt 1 on worker@here from ") for line in why.evidence)


def test_a_run_that_was_given_back_says_by_which_worker(running):
    run = a_run(run_at=SOON, attempt=1, worker="w@here")

    assert explain(run).code == "given_back"
    assert "Worker w@here was shut down" in explain(run).sentence


def test_a_buffered_run_names_the_run_it_waits_for(running, ada):
    task = a_task(ada)
    live = a_run(Status.STARTED, task=task)
    run = a_run(task=task, run_at=None, reason=Reason.BUFFERED)

    why = explain(run)

    assert why.code == "buffered"
    assert f"waits for run {live.pk} of the same task" in why.sentence
    assert "running on w@here since" in why.sentence


@pytest.mark.parametrize("code", ["buffered", "beat_down"])
def test_a_buffered_run_whose_forerunner_ended_waits_for_beat(memory, ada, code):
    if code == "buffered":
        a_beat()

    assert explain(a_run(task=a_task(ada), run_at=None, reason=Reason.BUFFERED)).code == code


def test_another_reason_to_wait_is_told_by_its_own_sentence(running):
    why = explain(a_run(run_at=None, reason=Reason.PAUSED))

    assert (why.code, why.sentence) == ("paused", Reason.PAUSED.label)


def test_a_job_that_this_installation_does_not_know_is_told(running):
    why = explain(a_run(celery_task_name="nowhere.tasks.unknown"))

    assert why.code == "unknown_job"
    assert "knows no job nowhere.tasks.unknown" in why.sentence


def test_a_message_in_a_workers_hands_is_told(running):
    run = a_run()
    Worker.objects.update(held=[str(run.pk)])

    assert explain(run).code == "in_hand"


@pytest.mark.parametrize("code", ["message_lost", "beat_down"])
def test_a_message_that_is_nowhere_was_lost(memory, code):
    run = a_run()
    TaskExecution.objects.update(published_at=F("published_at") - timedelta(minutes=1))
    a_worker()
    if code == "message_lost":
        a_beat()

    assert explain(run).code == code
    assert explain(run).sentence.startswith("Its message was lost")


def test_a_fresh_message_is_on_its_way(running):
    assert explain(a_run()).code == "sent"


def test_an_expiry_to_come_and_one_that_passed_are_evidence(running):
    assert any("It expires at" in line for line in explain(a_run(expires_at=SOON)).evidence)

    passed = explain(a_run(expires_at="2026-03-01T09:00Z"))

    assert "It expired at 2026-03-01 09:00:00 UTC: no worker will start it any more." in (
        passed.evidence
    )


def test_the_row_as_it_is_now_is_explained_and_not_the_copy(running):
    run = a_run()
    a_claim(now_of(run))

    assert explain(run).code == "running"


def test_an_explanation_costs_few_questions(running, django_assert_max_num_queries):
    run = a_run(attempt=1, failed_tries=1)
    Attempt.objects.create(
        execution=run,
        number=1,
        outcome=AttemptOutcome.FAILED,
        claim_token=run.pk,
        started_at=Now(),
        ended_at=Now(),
    )
    for number in range(30):
        a_worker(f"w{number}@here")
        a_run(Status.STARTED, worker=f"w{number % 2}@here")
        a_run(Status.STARTED, worker=f"w{number}@here")
        a_run(Status.STARTED, worker=f"w{number}@here")

    with django_assert_max_num_queries(9):
        assert explain(run).code == "workers_busy"
