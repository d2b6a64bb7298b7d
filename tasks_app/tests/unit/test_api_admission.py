"""Refusals at the way in, as programs and people are told of them."""

import pytest

from tasks_app.models import Task, TaskExecution
from tasks_app.models.waiting import Waiting, keep_waiting
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db
BACKFILL = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T02:00:00Z"}


@pytest.fixture
def full(ada, settings):
    """Ada's runs may wait no more."""
    settings.WAITING_RUNS_PER_OWNER_MAX = 1
    keep_waiting(Waiting(1, {ada.pk: 1}), 0)


@pytest.mark.parametrize("verb, body", [("execute", {}), ("backfill", BACKFILL)])
def test_a_submit_over_the_cap_is_429_with_a_time_to_return(ada, full, verb, body):
    task = a_scheduled_task(ada, crontab="0 * * * *", timezone="UTC")

    answer = Program(ada).post(f"tasks/{task.pk}/{verb}/", body)

    assert_refused(answer, 429, "over_limit")
    assert answer["Retry-After"] == "30"
    assert "1 run of this owner waits, and 1 may" in answer.json()["detail"]
    assert not TaskExecution.objects.exists()


def test_a_task_that_would_run_at_once_is_429_and_not_made(ada, full):
    answer = Program(ada).post("tasks/", {"name": "n", "celery_task_name": JOB, "args": [1]})

    assert_refused(answer, 429, "over_limit")
    assert not Task.objects.exists()


def test_a_run_like_a_live_one_is_409_and_names_it(ada):
    task = a_task(ada, unique_runs="refuse")
    program = Program(ada)
    first = program.post(f"tasks/{task.pk}/execute/").json()

    answer = program.post(f"tasks/{task.pk}/execute/")

    assert_refused(answer, 409, "not_unique")
    assert first["id"] in answer.json()["detail"]


@pytest.mark.parametrize("path", ["", "{task_id}/execute/", "{task_id}/backfill/"])
def test_the_schema_tells_of_it_wherever_runs_are_submitted(client, path):
    schema = client.get("/api/schema/", headers={"Accept": "application/json"}).json()

    told = schema["paths"][f"/api/v1/tasks/{path}"]["post"]["responses"]["429"]

    assert "Retry-After" in told["description"]


def test_a_person_is_told_why_nothing_was_submitted(root, ada, full):
    staff = Staff(root)

    answer = staff.does("execute", a_task(ada), args="[1]", kwargs="{}", countdown="0")

    assert "1 run of this owner waits, and 1 may" in " ".join(staff.told(answer))
    assert not TaskExecution.objects.exists()
