"""People, programs and beats take the locks of a schedule in one order: none waits for ever."""

from threading import Event as Signal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app import services
from tasks_app.models import Task, TaskExecution
from tasks_app.scheduling import edits, stale
from tasks_app.scheduling.agreement import agree
from tasks_app.scheduling.disabling import disable_failing
from tasks_app.scheduling.edits import take_edits
from tasks_app.services import Actor, rescheduling, updating
from tasks_app.states import Status
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import a_run
from tasks_app.tests.schedules import a_schedule, a_scheduled_task, look, timer_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def actor():
    return Actor(User.objects.create_user("ada"))


@pytest.fixture
def task(actor):
    return a_scheduled_task(actor.user)


def meet(*acts):
    """Each act at the same moment in its own thread; none may be refused."""
    assert not [each for each in at_once(lambda act: act(), acts) if isinstance(each, type)]


def slowed(monkeypatch, module, name):
    """The first act lingers in the middle, so that the other comes in between."""
    act = getattr(module, name)

    def linger(*args):
        Signal().wait(0.5)
        return act(*args)

    monkeypatch.setattr(module, name, linger)


def test_two_people_change_different_parts_of_one_task(actor, task, monkeypatch):
    slowed(monkeypatch, updating, "tell_schedule")

    meet(
        lambda: services.update_task(actor, task, args=[2]),
        lambda: services.update_task(actor, task, interval=90),
    )

    look()
    task.refresh_from_db()
    assert (task.args, task.schedule.interval.every) == ([2], 90)


def test_one_changes_the_task_and_another_the_row(actor, task, monkeypatch):
    slowed(monkeypatch, rescheduling, "change_schedule")

    meet(
        lambda: services.update_task(actor, task, interval=90),
        lambda: PeriodicTask.objects.filter(pk=task.schedule_id).update(args="[3]"),
    )

    look()
    assert Task.objects.get().args == [3]


def test_an_edit_that_is_committed_while_beat_reads_is_not_lost(monkeypatch):
    row = a_schedule()
    look()
    PeriodicTask.objects.filter(pk=row.pk).update(args="[2]")
    # Beat's question about the rows takes its time.
    slow = " CROSS JOIN LATERAL (SELECT pg_sleep(0.5) WHERE timer.schedule_id > 0) AS nap"
    monkeypatch.setattr(stale, "_TABLES", stale._TABLES + slow)

    meet(take_edits, lambda: IntervalSchedule.objects.filter(pk=row.interval_id).update(every=7))
    monkeypatch.undo()
    look()

    assert '"every_us":7000000' in timer_of(row).spec


def test_an_edit_between_agreeing_and_setting_is_not_lost(task, monkeypatch):
    PeriodicTask.objects.update(queue="other")
    edited = Signal()

    def agree_and_be_edited(task_id):
        done = agree(task_id)
        if not edited.is_set():
            edited.set()
            PeriodicTask.objects.update(args="[9]")
        return done

    monkeypatch.setattr(edits, "agree", agree_and_be_edited)
    look()
    # The next turn of a beat.
    look()

    task.refresh_from_db()
    assert (task.queue, task.args) == ("other", [9])


def test_disabling_waits_for_nobody(actor):
    task = a_scheduled_task(actor.user, disable_after_failures=1)
    a_run(Status.FAILURE, task=task)
    assert TaskExecution.objects.exists()

    with transaction.atomic():
        PeriodicTask.objects.filter(pk=task.schedule_id).update(description="held")
        assert at_once(lambda _: disable_failing(), [None]) == [0]

    assert disable_failing() == 1
