"""Changing a task: checked like a new one, told before and after, never over somebody's change."""

import pytest

from tasks_app.exceptions import (
    ArgumentsDoNotFit,
    Invalid,
    KeyTaken,
    NotFound,
    UnknownJob,
    VersionConflict,
)
from tasks_app.models import Event, Task
from tasks_app.services import Actor, disable_task, enable_task, update_task
from tasks_app.states import Priority
from tasks_app.tests.runs import a_task, told_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(ada):
    return a_task(ada, name="old", key="k", tags=["a"])


@pytest.fixture
def actor(ada):
    return Actor(ada)


def test_a_change_is_stored_and_counted(actor, task):
    changed = update_task(actor, task, name="new", args=[2])

    stored = Task.objects.get()
    assert (stored.name, stored.args, stored.version) == ("new", [2], 2)
    assert changed.version == 2
    assert stored.updated_at > task.updated_at


def test_the_trail_tells_what_was_before_and_what_is_after(actor, task):
    update_task(actor, task, name="new", tags=["b"], description="", reason="renamed")

    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.reason) == ("update", task.pk, "renamed")
    assert event.before == {"name": "old", "tags": ["a"]}
    assert event.after == {"name": "new", "tags": ["b"]}


def test_a_change_that_changes_nothing_is_none(actor, task):
    unchanged = update_task(actor, task, name="old", priority="normal")

    assert unchanged.version == 1
    assert told_of(task) == []


def test_of_two_who_read_the_same_version_the_second_is_told(actor, task):
    update_task(actor, task, version=1, name="first")

    with pytest.raises(VersionConflict, match="at version 2 by now"):
        update_task(actor, task, version=1, name="second")

    assert Task.objects.get().name == "first"


def test_a_priority_may_be_a_word(actor, task):
    assert update_task(actor, task, priority="high").priority == Priority.HIGH


REFUSED = [
    ({"name": ""}, Invalid),
    ({"tags": None}, Invalid),
    ({"kwargs": []}, Invalid),
    ({"priority": "urgent"}, Invalid),
    ({"key": "registered"}, Invalid),
    ({"soft_time_limit": 9, "time_limit": 9}, Invalid),
    ({"celery_task_name": "gone"}, UnknownJob),
    ({"args": [1, 2, 3]}, ArgumentsDoNotFit),
    ({"key": "taken"}, KeyTaken),
]


@pytest.mark.parametrize("changes, refusal", REFUSED, ids=[str(c) for c, _ in REFUSED])
def test_what_no_task_may_be_it_does_not_become(actor, task, changes, refusal):
    a_task(actor.user, key="taken")

    with pytest.raises(refusal):
        update_task(actor, task, **changes)

    task.refresh_from_db()
    assert (task.name, task.key, task.version) == ("old", "k", 1)
    assert told_of(task) == []


def test_a_strangers_task_does_not_exist(bob, task):
    with pytest.raises(NotFound):
        update_task(Actor(bob), task, name="mine")


def test_a_superuser_may_change_every_task(root, task):
    assert update_task(Actor(root), task, name="new").name == "new"


def test_a_task_is_disabled_and_enabled_again(actor, task):
    assert disable_task(actor, task, reason="holiday").enabled is False
    assert enable_task(actor, task).enabled is True

    assert told_of(task) == ["update", "update"]
    assert Event.objects.filter(reason="holiday").get().after == {"enabled": False}
