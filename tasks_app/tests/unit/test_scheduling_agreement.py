"""A task and its schedule's row agree again, whichever of the two was edited, and how."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django_celery_beat.models import PeriodicTask

from tasks_app.models import Event, Task
from tasks_app.scheduling.agreement import agree, differing
from tasks_app.services import Actor, create_task, update_task
from tasks_app.states import Priority
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_scheduled_task, ago, now

pytestmark = pytest.mark.django_db
OTHER_JOB = "tasks_app.jobs.common_tasks.test_celery"


@pytest.fixture
def task(ada):
    task, _ = create_task(
        Actor(ada), name="a", celery_task_name=JOB, args=[1], interval=60, start="manual"
    )
    return task


def edit_row(**columns):
    PeriodicTask.objects.update(**columns)


def settle(task):
    for task_id in differing([task.schedule_id]).values():
        assert agree(task_id)
    return Task.objects.get(pk=task.pk), PeriodicTask.objects.get(managed_task=task.pk)


@pytest.mark.parametrize(
    "columns, field, value",
    [
        ({"args": "[2]"}, "args", [2]),
        ({"kwargs": '{"param": 1}'}, "kwargs", {"param": 1}),
        ({"task": OTHER_JOB}, "celery_task_name", OTHER_JOB),
        ({"enabled": False}, "enabled", False),
        ({"queue": "q"}, "queue", "q"),
        ({"priority": 1}, "priority", Priority.CRITICAL),
        ({"priority": 200}, "priority", Priority.LOW),
    ],
    ids=str,
)
def test_what_was_edited_in_the_row_the_task_takes_and_notes(task, columns, field, value):
    edit_row(**columns)

    stored, _ = settle(task)

    assert getattr(stored, field) == value
    assert stored.version == 2
    assert stored.updated_at > task.updated_at
    event = Event.objects.filter(verb="update").get()
    assert (event.door, event.user, event.subject_id) == ("system", None, task.pk)
    assert (event.before, event.after) == ({field: getattr(task, field)}, {field: value})
    assert event.reason == "Edited in the schedule's own row."


@pytest.mark.parametrize(
    "fields, column, value",
    [
        ({"args": [2]}, "args", "[2]"),
        ({"celery_task_name": OTHER_JOB}, "task", OTHER_JOB),
        ({"enabled": False}, "enabled", False),
        ({"queue": "q"}, "queue", "q"),
        ({"priority": Priority.HIGH}, "priority", 3),
    ],
    ids=str,
)
def test_what_was_edited_in_the_task_the_row_takes(task, fields, column, value):
    Task.objects.update(**fields)

    stored, row = settle(task)

    assert getattr(row, column) == value
    assert stored.version == 1
    assert not Event.objects.filter(verb="update").exists()


def test_edits_of_different_parts_are_both_kept(task):
    edit_row(args="[2]", queue="of-row")
    Task.objects.update(kwargs={"param": 1}, queue="of-task")

    stored, row = settle(task)

    assert (stored.args, stored.kwargs, stored.queue) == ([2], {"param": 1}, "of-row")
    assert (row.args, json.loads(row.kwargs), row.queue) == ("[2]", {"param": 1}, "of-row")


def test_what_is_agreed_is_not_taken_again(task):
    edit_row(args="[2]")
    settle(task)
    Task.objects.update(args=[3])

    stored, row = settle(task)

    assert (stored.args, row.args, stored.version) == ([3], "[3]", 2)


def test_a_pair_that_never_agreed_goes_by_the_task(task):
    edit_row(args="[2]")
    Task.objects.update(agreed=None)

    stored, row = settle(task)

    assert (stored.args, row.args, stored.agreed["args"]) == ([1], "[1]", [1])


@pytest.mark.parametrize(
    "columns",
    [
        {"args": "{}"},
        {"args": "no JSON"},
        {"args": "[" * 100_000},
        {"kwargs": "[]"},
        {"kwargs": '{"a": NaN}'},
        {"queue": "a b"},
        {"task": "no.such.job"},
    ],
    ids=lambda columns: str(columns)[:40],
)
def test_what_no_task_may_have_is_left_alone_in_the_row(task, columns):
    edit_row(**columns, priority=9)

    stored, row = settle(task)

    assert (stored.args, stored.kwargs, stored.queue) == ([1], {}, "")
    assert (stored.celery_task_name, stored.priority) == (JOB, Priority.LOW)
    assert all(getattr(row, column) == value for column, value in columns.items())


def test_it_is_repaired_when_the_task_says_something_new(task):
    edit_row(args="no JSON")
    Task.objects.update(args=[2])

    _, row = settle(task)

    assert row.args == "[2]"


def test_a_one_off_that_beat_disabled_after_its_fire_was_not_edited(ada):
    task = a_scheduled_task(ada, scheduled_time=ago(minutes=1))
    assert PeriodicTask.objects.get().enabled is False

    assert settle(task)[0].enabled is True

    update_task(Actor(ada), task, scheduled_time=now() + timedelta(days=1))
    assert PeriodicTask.objects.get().enabled is True
    edit_row(enabled=False)
    assert settle(task)[0].enabled is False


def test_where_nothing_differs_one_question_is_asked(task, ada, django_assert_num_queries):
    create_task(Actor(ada), name="b", celery_task_name=JOB, args=[1], interval=60)
    ids = list(PeriodicTask.objects.values_list("pk", flat=True))

    with django_assert_num_queries(1):
        assert differing(ids) == {}


def test_a_schedule_that_has_no_task_or_is_gone_is_no_matter(task, ada):
    gone = a_task(ada)
    Task.objects.filter(pk=gone.pk).update(schedule_id=4711)

    assert differing([4711, 4712]) == {}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Task, PeriodicTask])
def test_a_pair_that_somebody_is_editing_is_left_for_the_next_time(task, model):
    edit_row(args="[2]")

    with transaction.atomic():
        assert model.objects.select_for_update(of=("self",)).get()
        assert at_once(agree, [task.pk]) == [False]

    assert at_once(agree, [task.pk]) == [True]
    assert Task.objects.get().args == [2]


def test_a_fired_one_off_whose_task_was_disabled_stays_so(ada):
    task = a_scheduled_task(ada, scheduled_time=ago(seconds=2))
    update_task(Actor(ada), task, enabled=False)

    edit_row(queue="other")
    taken, _ = settle(task)

    assert (taken.enabled, taken.queue) == (False, "other")
