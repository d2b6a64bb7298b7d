"""A task's key in place of its id, on every path that takes one."""

import pytest

from tasks_app.models import Pause, Task, TaskExecution
from tasks_app.tests.runs import a_run
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.api import Program, assert_refused
from tasks_app.tests.unit.endpoints import ENDPOINTS, TICK, body_of

OF_A_TASK = [endpoint for endpoint in ENDPOINTS if "{task}" in endpoint[1]]


def a_task_called_shared(owner):
    """With a coming tick, a waiting run and a pause, so that every action finds what it needs."""
    task = a_scheduled_task(owner, key="shared", scheduled_time=TICK)
    Pause.objects.create(subject=f"task:{task.pk}", task=task)
    a_run(task=task, owner=owner)
    return task


def rows_of(*owners):
    return [
        list(model.objects.filter(owner__in=owners).order_by("pk").values())
        for model in (Task, TaskExecution)
    ]


@pytest.mark.parametrize("method, path, _", OF_A_TASK)
def test_a_key_of_several_owners_is_ambiguous_to_who_sees_them_all(ada, bob, root, method, path, _):
    a_task_called_shared(ada), a_task_called_shared(bob)
    before = rows_of(ada, bob)

    answer = Program(root).send(method, path.format(task="shared"), body_of(method, path))

    assert_refused(answer, 409, "key_ambiguous")
    assert "ada, bob" in answer.json()["detail"]
    assert rows_of(ada, bob) == before


@pytest.mark.parametrize("method, path, status", OF_A_TASK)
def test_ones_own_task_comes_first(ada, bob, root, method, path, status):
    a_task_called_shared(ada), a_task_called_shared(root), a_task_called_shared(bob)
    before = rows_of(ada, bob)

    answer = Program(root).send(method, path.format(task="shared"), body_of(method, path))

    assert answer.status_code == status, answer.content
    assert rows_of(ada, bob) == before


@pytest.mark.parametrize("method, path, status", OF_A_TASK)
def test_a_key_of_one_owner_is_enough_for_a_superuser(ada, root, method, path, status):
    a_task_called_shared(ada)

    answer = Program(root).send(method, path.format(task="shared"), body_of(method, path))

    assert answer.status_code == status, answer.content


@pytest.mark.parametrize("method, path, status", OF_A_TASK)
def test_others_are_not_in_the_way_of_who_sees_only_their_own(ada, bob, method, path, status):
    a_task_called_shared(ada), a_task_called_shared(bob)
    before = rows_of(bob)

    answer = Program(ada).send(method, path.format(task="shared"), body_of(method, path))

    assert answer.status_code == status, answer.content
    assert rows_of(bob) == before


def test_a_preview_for_a_task_is_told_of_an_ambiguous_key_too(ada, bob, root):
    a_task_called_shared(ada), a_task_called_shared(bob)

    answer = Program(root).post("schedules/preview", {"crontab": "0 9 * * *", "task": "shared"})

    assert_refused(answer, 409, "key_ambiguous")
