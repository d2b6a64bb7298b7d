"""Real processes that die, freeze or go deaf: the others raise the alarm, and end it."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from tasks_app.maintenance.canary import JOB
from tasks_app.models import Alarm, TaskExecution
from tasks_app.states import Status
from tasks_app.tests.deafness import tell_workers
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, eventually, frozen, kill_family

# Three heartbeats of a second or ten seconds of a beat, and a look each five; the ten begin anew
# when a busy machine keeps the one who looks from looking.
SEEN_WITHIN = 30
# What a machine that stands still for three seconds raises besides.
STANDSTILL = ("worker_silent", "no_beat")


def is_open(kind: str, subject: str = "") -> bool:
    return Alarm.objects.open().filter(kind=kind, subject=subject).exists()


def is_over(kind: str) -> bool:
    return Alarm.objects.filter(kind=kind).exists() and not is_open(kind)


def canaries(*statuses: Status) -> bool:
    return TaskExecution.objects.filter(celery_task_name=JOB, status__in=statuses).exists()


def is_told_of_old_canaries() -> bool:
    """Each waits for half a minute: also one that was called anew, because a busy machine kept
    the worker's heartbeat."""
    fresh = TaskExecution.objects.filter(run_at__gt=Now() - timedelta(seconds=31))
    fresh.update(run_at=F("run_at") - timedelta(seconds=31))
    return is_open("queue_not_taken", "default")


def test_a_killed_worker_is_an_alarm_until_it_is_back(system: System) -> None:
    kill_family(system.workers[0])

    eventually(lambda: is_open("worker_silent", "w0@test"), within=SEEN_WITHIN)

    system.start_program("worker", "-n", "w0@test", "-c", "2")
    eventually(lambda: not Alarm.objects.open().exists(), within=SEEN_WITHIN + 10)
    assert is_over("worker_silent")


def test_a_frozen_beat_is_told_by_the_worker_until_it_moves_again(system: System) -> None:
    with frozen(system.beats[0]):
        eventually(lambda: is_open("no_beat"), within=SEEN_WITHIN)
        assert Alarm.objects.open().get(kind="no_beat").raised_by == "w0@test"

    eventually(lambda: is_over("no_beat"), within=SEEN_WITHIN)


def test_a_canary_proves_that_a_quiet_queue_is_served(system: System, broker: Broker) -> None:
    tell_workers(broker.url, "grow_quiet", seconds=120)

    eventually(lambda: canaries(Status.SUCCESS), within=SEEN_WITHIN)
    assert not Alarm.objects.exclude(kind__in=STANDSTILL).exists()


def test_a_worker_that_is_connected_but_deaf_is_found_by_its_canary(
    system: System, broker: Broker
) -> None:
    tell_workers(broker.url, "deafen", queue="default")
    tell_workers(broker.url, "grow_quiet", seconds=120)
    eventually(lambda: canaries(Status.PENDING), within=SEEN_WITHIN)

    eventually(is_told_of_old_canaries, within=SEEN_WITHIN + 10)
    [alarm] = Alarm.objects.open().exclude(kind__in=STANDSTILL)
    assert "w0@test is connected but takes nothing" in alarm.sentence

    system.workers[0].stop()
    system.start_program("worker", "-n", "w0@test", "-c", "2")
    eventually(lambda: canaries(Status.SUCCESS), within=SEEN_WITHIN + 10)
    eventually(lambda: is_over("queue_not_taken"), within=SEEN_WITHIN)


def test_a_queue_that_its_worker_gave_up_is_an_alarm_once_runs_wait(
    system: System, broker: Broker
) -> None:
    tell_workers(broker.url, "cancel_consumer", queue="default")
    system.run("tell")
    TaskExecution.objects.update(run_at=F("run_at") - timedelta(seconds=16))

    eventually(lambda: is_open("queue_unserved", "default"), within=SEEN_WITHIN)

    tell_workers(broker.url, "add_consumer", queue="default")
    eventually(lambda: is_over("queue_unserved"), within=SEEN_WITHIN)
