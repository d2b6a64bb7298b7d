"""The form of a task: refused beside the field it is about, saved by the service."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.services import Actor, update_task
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.unit.admin import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


def errors_of(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_a_new_task_waits_to_be_executed_by_hand(staff: Staff, root: User) -> None:
    answer = staff.adds(key="wait", tags='["nightly"]', description="for tests")

    task = Task.objects.get()
    assert answer.status_code == 302
    assert (task.name, task.key, task.args, task.tags) == ("Wait", "wait", [1], ["nightly"])
    assert task.owner == root
    assert not TaskExecution.objects.exists()
    event = Event.objects.get(verb="create")
    assert (event.door, event.user, event.subject_id) == ("admin", root, task.pk)


def test_a_new_task_can_start_at_once(staff: Staff) -> None:
    staff.adds(start="now")

    execution = TaskExecution.objects.get()
    assert (execution.task, execution.trigger) == (Task.objects.get(), "admin")


@pytest.mark.parametrize(
    "fields, field, words",
    [
        ({"args": "[1"}, "args", "Enter a valid JSON"),
        ({"args": '{"a": 1}'}, "args", "must be a JSON array"),
        ({"kwargs": "[]"}, "kwargs", "must be a JSON object"),
        ({"args": "[]"}, "args", "missing a required argument: 'seconds'"),
        ({"celery_task_name": "os.system"}, "celery_task_name", "not one of the available"),
        ({"celery_task_name": ""}, "celery_task_name", "required"),
        ({"name": ""}, "name", "required"),
        ({"priority": "7"}, "priority", "not one of the available"),
        ({"queue": "a b"}, "queue", "letters, digits"),
        ({"tags": '["' + "x" * 60 + '"]'}, "tags", "words of 1 to 50"),
        ({"time_limit": "0"}, "time_limit", "greater than or equal to 1"),
        ({"time_limit": "5", "soft_time_limit": "5"}, "soft_time_limit", "shorter"),
        ({"key": "registered"}, "key", "API's own paths"),
        ({"key": "0190a000-0000-7000-8000-000000000000"}, "key", "may not look like an id"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_written(
    staff: Staff, fields: dict[str, str], field: str, words: str
) -> None:
    answer = staff.adds(**fields)

    assert list(errors_of(answer)) == [field]
    assert words in errors_of(answer)[field][0]
    assert not Task.objects.exists()
    assert not Event.objects.exists()


def test_what_was_typed_is_still_there_after_a_refusal(staff: Staff) -> None:
    assert "[1, &quot;half" in staff.adds(args='[1, "half').content.decode()


def test_a_key_is_taken_once_by_one_owner_and_free_for_another(
    staff: Staff, root: User, ada: User
) -> None:
    a_task(ada, key="orders")
    assert staff.adds(key="orders").status_code == 302

    answer = staff.adds(key="orders")

    assert "already have a task with the key orders" in errors_of(answer)["key"][0]
    assert Task.objects.filter(owner=root).count() == 1


def test_a_change_is_noted_with_what_was_before(staff: Staff, root: User) -> None:
    task = a_task(root, name="Old", args=[1])

    staff.changes(task, name="New", args="[2]")

    task.refresh_from_db()
    event = Event.objects.get(verb="update")
    assert (task.name, task.args, task.version) == ("New", [2], 2)
    assert event.before == {"name": "Old", "args": [1]}
    assert event.after == {"name": "New", "args": [2]}
    assert event.door == "admin"


def test_a_form_that_was_read_before_somebody_elses_change_is_refused(
    staff: Staff, root: User
) -> None:
    task = a_task(root, name="Old")
    update_task(Actor(root), task, name="Theirs")

    answer = staff.changes(task, name="Mine")

    assert "at version 2 by now" in str(errors_of(answer))
    assert Task.objects.get().name == "Theirs"


def test_a_superuser_changes_a_task_and_its_owner_stays(staff: Staff, ada: User) -> None:
    task = a_task(ada)

    staff.changes(task, name="New")

    task.refresh_from_db()
    assert (task.name, task.owner) == ("New", ada)


@pytest.mark.parametrize("name", ["app.worker.long_running_task", "gone.job"])
def test_a_job_that_is_an_alias_or_gone_is_still_shown(staff: Staff, root: User, name: str) -> None:
    task = a_task(root, celery_task_name=name)

    page = staff.reads(f"/task/{task.pk}/change/")

    assert f'<option value="{name}" selected>' in page


def test_every_registered_job_can_be_chosen(staff: Staff) -> None:
    page = staff.reads("/task/add/")

    assert f'<option value="{JOB}">{JOB}: Wait the given seconds' in page
