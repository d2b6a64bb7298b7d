"""The example tasks of `up --demo`."""

import pytest

from tasks_app.exceptions import NotFound
from tasks_app.management.supervisor.demo import DEMO_TASKS, make_demo_tasks
from tasks_app.models import Event, Task
from tasks_app.services import Actor, get_task


def test_every_example_fits_its_job(root):
    assert make_demo_tasks(root) == len(DEMO_TASKS) == Task.objects.count()


def test_a_second_start_makes_none_twice(root):
    make_demo_tasks(root)

    assert make_demo_tasks(root) == 0


def test_only_the_one_to_cancel_waits_for_a_click_and_the_scheduled_one_for_its_tick(root):
    make_demo_tasks(root)

    waiting = {task.key for task in Task.objects.all() if not task.executions.exists()}
    assert waiting == {"demo-long", "demo-minutely"}


def test_they_belong_to_the_superuser_and_nobody_else_sees_them(root, ada):
    make_demo_tasks(root)

    assert get_task(Actor(root), "demo-long").owner == root
    with pytest.raises(NotFound):
        get_task(Actor(ada), "demo-long")


def test_the_audit_trail_says_that_a_command_made_them(root):
    make_demo_tasks(root)

    doors = set(Event.objects.filter(verb="create").values_list("door", flat=True))
    assert doors == {"command"}
