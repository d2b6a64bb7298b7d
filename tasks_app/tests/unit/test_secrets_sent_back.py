"""What was read is sent back: secrets that were shown as `***` keep their values.

The admin's forms are told of in `test_redaction_at_the_doors`.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.redaction import MASK
from tasks_app.services import Actor, update_task
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.runs import a_task
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db
SECRET = "Hunter-2"
ARGS = [1, f"token={SECRET}"]
KWARGS = {"password": SECRET, "url": f"redis://u:{SECRET}@host", "note": "*** old ***"}
TAKES_ANYTHING = "tasks_app.tests.jobs.take_anything"
PARTS_OF_BODY = ("name", "celery_task_name", "args", "kwargs")


@pytest.fixture(autouse=True)
def jobs() -> None:
    know_the_tests_jobs()


@pytest.fixture
def task(ada: User) -> Task:
    return a_task(ada, celery_task_name=TAKES_ANYTHING, args=ARGS, kwargs=KWARGS)


@pytest.fixture
def program(ada: User) -> Program:
    return Program(ada)


def stored() -> tuple[Any, Any]:
    task = Task.objects.get()
    return task.args, task.kwargs


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_was_read_can_be_sent_back(program: Program, task: Task, method: str) -> None:
    read = program.get(f"tasks/{task.pk}/").json()
    assert read["kwargs"]["password"] == MASK

    body = {name: read[name] for name in PARTS_OF_BODY} | {"description": "new"}
    answer = program.send(method, f"tasks/{task.pk}/", body)

    assert answer.status_code == 200, answer.content
    assert SECRET not in answer.content.decode()
    assert stored() == (ARGS, KWARGS)
    assert Event.objects.get(verb="update").after == {"description": "new"}


def test_a_run_with_arguments_as_they_were_read_gets_the_secrets(
    program: Program, task: Task
) -> None:
    read = program.get(f"tasks/{task.pk}/").json()

    body = {"kwargs": read["kwargs"] | {"more": 1}}
    answer = program.post(f"tasks/{task.pk}/execute/", body)

    assert answer.status_code == 202, answer.content
    run = TaskExecution.objects.get()
    assert (run.args, run.kwargs) == (ARGS, KWARGS | {"more": 1})


def test_a_secret_that_is_written_over_is_replaced(program: Program, task: Task) -> None:
    read = program.get(f"tasks/{task.pk}/").json()["kwargs"]

    program.send("PATCH", f"tasks/{task.pk}/", {"kwargs": read | {"password": "Sesame-1"}})

    assert stored() == (ARGS, KWARGS | {"password": "Sesame-1"})


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_secret_that_came_elsewhere_is_refused_by_its_field(
    program: Program, task: Task, method: str
) -> None:
    body = {
        "name": "a task",
        "celery_task_name": TAKES_ANYTHING,
        "args": ["token=***"],
        "kwargs": {"other": MASK},
    }

    answer = program.send(method, f"tasks/{task.pk}/", body)

    assert_refused(answer, 400, "invalid", "args", "kwargs")
    assert stored() == (ARGS, KWARGS)


def test_secrets_are_found_by_the_job_that_they_were_shown_with(ada: User, settings: Any) -> None:
    settings.REDACT_KEYS = ["seconds"]
    task = a_task(ada, args=[60])

    update_task(Actor(ada), task, celery_task_name=TAKES_ANYTHING, args=[MASK])

    assert Task.objects.get().args == [60]


def test_what_somebody_changed_since_it_was_read_is_the_value_meant(ada: User, task: Task) -> None:
    before = Task.objects.get()
    update_task(Actor(ada), task, kwargs=KWARGS | {"password": "Sesame-1"})

    update_task(Actor(ada), before, kwargs={"password": MASK})

    assert stored() == (ARGS, {"password": "Sesame-1"})


def test_a_new_task_means_three_stars(program: Program) -> None:
    program.create(celery_task_name=TAKES_ANYTHING, kwargs={"password": MASK})

    assert stored()[1] == {"password": MASK}
