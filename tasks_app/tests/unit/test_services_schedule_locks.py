"""Beat and people never wait for each other in a circle: timers are locked before tasks."""

from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from tasks_app.models import Task, TaskExecution, Timer
from tasks_app.services import Actor, delete_task, update_task
from tasks_app.states import Trigger
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import a_scheduled_task

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, interval=60)


def fire(task):
    """Insert a run as a tick does; it needs the task's row to stay, and waits 2 s for it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        TaskExecution.objects.create(task=task, celery_task_name=JOB, trigger=Trigger.SCHEDULE)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return "fired"


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


VERBS = {
    "delete": delete_task,
    "unschedule": lambda actor, task: update_task(actor, task, interval=None),
    "rekey": lambda actor, task: update_task(actor, task, key="k", interval=90),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_who_excludes_new_runs_waits_for_beats_tick_first(ada, task, verb):
    def act():
        try:
            verb(Actor(ada), task)
        finally:
            connections.close_all()

    person = Thread(target=act)
    with transaction.atomic():
        Timer.objects.select_for_update().get()
        person.start()
        pause = Signal()
        while not somebody_waits():
            assert person.is_alive()
            pause.wait(0.01)
        assert fire(task) == "fired"
    person.join(10)

    assert not person.is_alive()
    assert TaskExecution.objects.count() == 1


def test_an_edit_does_not_hold_up_a_tick(ada, task):
    with transaction.atomic():
        update_task(Actor(ada), task, args=[2], name="b")

        assert at_once(fire, [task]) == ["fired"]

    assert Task.objects.get().args == [2]
