"""Replacing a task: what is not said is as in a new one."""

import pytest

from tasks_app.exceptions import Invalid, NotFound, VersionConflict
from tasks_app.models import Task
from tasks_app.models.task import EDITABLE
from tasks_app.services import Actor, create_task, replace_task
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_scheduled_task

pytestmark = pytest.mark.django_db
JOB_WITHOUT_ARGUMENTS = "tasks_app.jobs.common_tasks.demo_async_task"


@pytest.fixture
def actor(ada):
    return Actor(ada)


def fields_of(task):
    return {name: getattr(Task.objects.get(pk=task.pk), name) for name in EDITABLE}


def test_a_replaced_task_is_as_a_new_one(actor, ada):
    task = a_task(ada, tags=["a"], priority=4, max_retries=3, enabled=False, jitter=5)
    new, _ = create_task(actor, name="n", celery_task_name=JOB_WITHOUT_ARGUMENTS, start="manual")

    replace_task(actor, task, name="n", celery_task_name=JOB_WITHOUT_ARGUMENTS)

    assert fields_of(task) == fields_of(new)


def test_each_replaced_task_has_documents_of_its_own(actor, ada):
    one, other = a_task(ada, tags=["a"]), a_task(ada, tags=["b"])
    for task in (one, other):
        replace_task(actor, task, name="n", celery_task_name=JOB, args=[1]).tags.append("mine")

    assert fields_of(one)["tags"] == fields_of(other)["tags"] == []


def test_a_schedule_that_is_not_said_goes(actor, ada):
    task = a_scheduled_task(ada, interval=60, start_time="2030-01-01T00:00:00Z")

    replaced = replace_task(actor, task, name="n", celery_task_name=JOB, args=[1])

    assert replaced.schedule is None


def test_a_schedule_that_is_said_as_it_was_goes_on(actor, ada):
    task = a_scheduled_task(ada, interval=60)
    timer = task.schedule.timer

    replace_task(actor, task, name=task.name, celery_task_name=JOB, args=[1], interval=60)

    kept = Task.objects.get().schedule.timer
    assert (kept.next_fire_at, kept.anchor) == (timer.next_fire_at, timer.anchor)


def test_bounds_that_are_not_said_go(actor, ada):
    task = a_scheduled_task(ada, interval=60, end_time="2100-01-01T00:00:00Z")

    replace_task(actor, task, name="n", celery_task_name=JOB, args=[1], interval=60)

    assert Task.objects.get().schedule.expires is None


def test_a_replacement_of_another_version_is_refused(actor, ada):
    task = a_task(ada)

    with pytest.raises(VersionConflict):
        replace_task(actor, task, name="n", celery_task_name=JOB, args=[1], version=7)


def test_what_is_no_field_of_a_task_is_refused(actor, ada):
    with pytest.raises(Invalid) as refusal:
        replace_task(actor, a_task(ada), name="n", celery_task_name=JOB, owner=ada)

    assert list(refusal.value.errors) == ["owner"]


def test_a_strangers_task_does_not_exist(bob, ada):
    with pytest.raises(NotFound):
        replace_task(Actor(bob), a_task(ada), name="n", celery_task_name=JOB, args=[1])
