"""What is wrong with the work: processes, queues, runs, schedules, alarms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tasks_app.models import Alarm, Beat, Pause, TaskExecution, Timer, Worker
from tasks_app.reporting.diagnosing import queues, runs
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.schedules import a_schedule
from tasks_app.tests.unit.examined import make_well, only, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def well(monkeypatch):
    return make_well(monkeypatch)


def test_processes_that_fell_silent():
    age(60)

    told = wrong()

    assert told[0].startswith("error processes: No beat lives")
    assert told[1].startswith("error processes: No worker lives")
    assert told[2].startswith("warning processes: Worker w@here fell silent")


def test_a_worker_that_others_replaced_is_soon_forgotten():
    gone = Worker.objects.create(hostname="w@gone", pid=1, queues=["default"])
    age(700)
    Worker.objects.exclude(pk=gone.pk).update(seen_at=timezone.now())
    Beat.objects.update(seen_at=timezone.now(), swept_at=timezone.now())

    assert wrong() == []


def test_a_beat_that_is_late():
    Beat.objects.update(lag=25)

    only("warning", "processes", "25 s late")


def test_processes_of_different_releases():
    Worker.objects.update(code_version="new")
    Beat.objects.update(code_version="old")

    only("warning", "processes", "new, old")


def test_another_scheduler_that_sends_ticks():
    headers = {"headers": {"periodic_task_name": "nightly"}}
    a_run(Status.SUCCESS, envelope=headers)

    only("error", "processes", "nightly")


def test_a_queue_that_no_worker_serves():
    a_run(queue="reports")
    age(1)
    Worker.objects.update(seen_at=timezone.now())

    only("error", "queues", "Queue reports has 1 waiting run, and no living worker")


def long_waiting():
    a_run(queue="default")
    TaskExecution.objects.update(run_at=timezone.now() - timedelta(seconds=45))


def test_a_queue_where_runs_wait_long():
    long_waiting()

    only("warning", "queues", "the oldest for more than 30 s")


@pytest.mark.parametrize("subject", ["everything", "queue:default"])
def test_what_is_paused_may_wait_and_is_told(subject):
    long_waiting()
    Pause.objects.create(subject=subject, user_name="ada")

    assert wrong() == []
    [told] = queues.look()
    assert told.sentence.startswith("Paused by ada since ")
    assert told.sentence.endswith(f": {Pause.objects.get().what}.")


def test_what_a_pause_of_a_task_holds_does_not_count_as_waiting_too_long(ada):
    task = a_task(ada)
    Pause.objects.create(subject=f"task:{task.pk}", task=task)
    for _ in range(3):
        a_run(reason="paused", task=task)
    long_waiting()

    only("warning", "queues", "Queue default has 1 waiting run, the oldest")


def test_of_many_pauses_the_newest_are_told_and_the_others_counted():
    for number in range(queues.MOST_PAUSES + 2):
        Pause.objects.create(subject=f"queue:Q{number}")

    told = [each.sentence for each in queues.look()]

    assert len(told) == queues.MOST_PAUSES + 1
    assert "queue Q21." in told[0]
    assert told[-1].startswith("Besides, 2 pauses: ")


def test_enabled_tasks_of_unknown_jobs(ada):
    a_task(ada, celery_task_name="shop.gone")
    a_task(ada, celery_task_name="shop.off", enabled=False)

    only("warning", "queues", "shop.gone.")


def test_runs_that_do_not_stop():
    run = a_run(Status.STARTED)
    TaskExecution.objects.update(cancel_requested_at=timezone.now() - timedelta(seconds=60))

    only("error", "runs", str(run.pk))


@pytest.mark.parametrize("reason", ["poison", "lost", "unknown_job"])
def test_runs_that_ended_badly_of_late(reason):
    a_run(Status.FAILURE, reason=reason)

    only("warning", "runs", f"1 run ended as `{reason}`")


def test_a_storm_of_retries(monkeypatch):
    monkeypatch.setattr(runs, "STORM", 2)
    later = timezone.now() + timedelta(hours=1)
    for _ in range(2):
        a_run(Status.RETRY, run_at=later)

    only("warning", "runs", "2 runs or more wait for another try")


def test_schedules_that_cannot_fire():
    a_schedule("broken")
    Timer.objects.update(error="no such day", next_fire_at=None)

    only("error", "schedules", "Schedule broken does not fire: no such day")


def test_an_outcome_that_was_put_aside(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "a.aside").touch()

    only("error", "runs", "1 outcome could not be delivered")


def test_open_alarms_are_told_and_ended_ones_not():
    Alarm.objects.create(kind="x", sentence="Deaf.", advice="Restart it.", raised_by="b")
    Alarm.objects.create(kind="y", sentence="Old.", raised_by="b", ended_at=timezone.now())

    only("error", "alarms", "Deaf.")
