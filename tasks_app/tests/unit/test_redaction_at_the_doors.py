"""Secrets in arguments and outcomes: stored only where a run needs them, shown nowhere."""

import json
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django_celery_beat.models import PeriodicTask

from tasks_app import services
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.redaction import MASK
from tasks_app.runtime.errors import failing
from tasks_app.runtime.results import kept_result, storable_result
from tasks_app.runtime.running import Running
from tasks_app.scheduling.agreement import agree
from tasks_app.scheduling.code_entries import import_entries
from tasks_app.services import Actor
from tasks_app.states import Status
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import JOB, a_run, a_task, the_claim_on
from tasks_app.tests.schedules import a_schedule, a_scheduled_task, look
from tasks_app.tests.unit.admin import Staff, an_operator
from tasks_app.tests.unit.api import Program

pytestmark = pytest.mark.django_db
SECRET = "Hunter-2"
TAKES_ANYTHING = "tasks_app.tests.jobs.take_anything"
KWARGS = {"param": {"password": SECRET, "url": f"redis://u:{SECRET}@host"}}
ARGS = [f"token={SECRET}"]


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


@pytest.fixture
def task(root: User) -> Task:
    return a_task(root, args=[1], kwargs=KWARGS)


@pytest.fixture
def run(root: User, task: Task) -> TaskExecution:
    return a_run(task=task, owner=root, args=ARGS, kwargs=KWARGS)


def test_the_api_shows_no_secret_in_arguments(task: Task, run: TaskExecution, root: User) -> None:
    program = Program(root)

    answers = [
        program.get(path)
        for path in (
            "tasks/", f"tasks/{task.pk}/", f"executions/{run.pk}/", "executions/",
            f"tasks/{task.pk}/executions/",
        )
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if SECRET in answer.content.decode()]
    assert answers[1].json()["kwargs"]["param"]["password"] == MASK
    assert answers[2].json()["args"] == ["token=***"]


def test_a_new_task_answers_without_its_secret_and_keeps_it(root: User) -> None:
    made = Program(root).create(kwargs=KWARGS)

    assert made["kwargs"]["param"] == {"password": MASK, "url": "redis://u:***@host"}
    assert Task.objects.get().kwargs == KWARGS


def test_what_a_job_calls_a_secret_is_hidden_by_its_place(
    root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(args=[SECRET, "x"], owner=root)
    monkeypatch.setattr("tasks_app.services.arguments._positional_names", lambda _: ["passcode"])

    assert services.shown_arguments(run).args == [MASK, "x"]


def test_the_parameters_of_a_job_are_known_by_its_name(root: User, settings: Any) -> None:
    settings.REDACT_KEYS = ["seconds", "param"]
    run = a_run(args=[60, "x"], owner=root)

    assert services.shown_arguments(run).args == [MASK, MASK]


def test_the_admin_shows_no_secret_in_arguments(
    task: Task, run: TaskExecution, staff: Staff
) -> None:
    paths = [
        "/task/", f"/task/{task.pk}/change/", f"/task/{task.pk}/execute/", "/taskexecution/",
        f"/taskexecution/{run.pk}/change/",
    ]  # fmt: skip

    pages = [staff.reads(path) for path in paths]

    assert not [page for page in pages if SECRET in page]
    assert all("redis://u:***@host" in pages[place] for place in (1, 2, 4))


def test_who_may_only_read_a_task_sees_no_secret(task: Task) -> None:
    viewer = an_operator("vera", "view_task")
    Task.objects.update(owner=viewer)

    page = Staff(viewer).reads(f"/task/{task.pk}/change/")

    assert "redis://u:***@host" in page
    assert SECRET not in page


def shown(value: Any) -> str:
    return json.dumps(value).replace(SECRET, MASK)


def test_saving_the_form_as_it_was_shown_keeps_the_secret(task: Task, staff: Staff) -> None:
    answer = staff.changes(task, kwargs=shown(KWARGS), description="new")

    task.refresh_from_db()
    assert answer.status_code == 302
    assert (task.kwargs, task.description) == (KWARGS, "new")
    assert list(Event.objects.get().after) == ["description"]


def test_editing_beside_a_secret_keeps_it_and_tells_it_to_nobody(task: Task, staff: Staff) -> None:
    edited = {"param": KWARGS["param"] | {"user": "ada"}}

    staff.changes(task, kwargs=shown(edited))

    task.refresh_from_db()
    assert task.kwargs == edited
    event = Event.objects.get()
    assert event.before["kwargs"]["param"]["password"] == MASK
    assert event.after["kwargs"]["param"]["user"] == "ada"
    assert SECRET not in json.dumps([event.before, event.after])


def test_a_mask_at_another_place_is_refused_beside_its_field(task: Task, staff: Staff) -> None:
    answer = staff.changes(task, kwargs=json.dumps({"param": MASK}))

    assert list(answer.context["adminform"].form.errors) == ["kwargs"]
    task.refresh_from_db()
    assert task.kwargs == KWARGS


def test_a_new_task_may_hold_stars(staff: Staff) -> None:
    staff.adds(kwargs=json.dumps({"param": MASK}))

    assert Task.objects.get().kwargs == {"param": MASK}


def test_executing_as_shown_runs_with_the_secret(task: Task, staff: Staff) -> None:
    staff.does("execute", task, args="[1]", kwargs=shown(KWARGS), countdown="0")

    assert TaskExecution.objects.get().kwargs == KWARGS


def pages_of_schedule(staff: Staff, row: PeriodicTask) -> str:
    answer = staff.client.get(f"/admin/django_celery_beat/periodictask/{row.pk}/change/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture
def row() -> PeriodicTask:
    look()
    headers = json.dumps({"x_token": SECRET})
    return a_schedule(args=json.dumps([1]), kwargs=json.dumps(KWARGS), headers=headers)


def test_a_schedules_page_shows_no_secret(row: PeriodicTask, staff: Staff) -> None:
    viewer = Staff(an_operator("vera", "view_periodictask"))

    for page in (pages_of_schedule(staff, row), pages_of_schedule(viewer, row)):
        assert SECRET not in page
        assert "redis://u:***@host" in page


def test_an_entry_of_code_shows_no_secret(staff: Staff) -> None:
    import_entries({"from-code": {"task": JOB, "schedule": 60.0, "args": [1], "kwargs": KWARGS}})
    look()

    page = pages_of_schedule(staff, PeriodicTask.objects.get(name="from-code"))

    assert SECRET not in page
    assert "redis://u:***@host" in page


def test_saving_a_schedule_as_it_was_shown_keeps_its_secrets(
    row: PeriodicTask, staff: Staff
) -> None:
    form = {
        "name": row.name, "task": row.task, "interval": row.interval_id, "enabled": "on",
        "args": row.args, "kwargs": row.kwargs.replace(SECRET, MASK),
        "headers": row.headers.replace(SECRET, MASK), "description": "new",
    }  # fmt: skip

    staff.client.post(f"/admin/django_celery_beat/periodictask/{row.pk}/change/", form)

    row.refresh_from_db()
    assert row.description == "new"
    assert (json.loads(row.kwargs), json.loads(row.headers)) == (KWARGS, {"x_token": SECRET})


def test_an_edit_of_a_schedules_row_is_noted_without_secrets(root: User) -> None:
    task = a_scheduled_task(root, interval=60)
    agree(task.pk)
    PeriodicTask.objects.update(kwargs=json.dumps(KWARGS))

    agree(task.pk)

    task.refresh_from_db()
    assert task.kwargs == KWARGS
    assert Event.objects.get(verb="update", door="system").after["kwargs"]["param"] == {
        "password": MASK,
        "url": "redis://u:***@host",
    }


def test_a_failing_job_tells_no_secret(root: User) -> None:
    run = a_run(celery_task_name="tasks_app.tests.jobs.explode", args=ARGS, owner=root)

    deliver(run)

    assert run.status == Status.FAILURE
    assert run.error == "ValueError: token=***"
    assert "ValueError: token=***" in run.traceback
    assert SECRET not in json.dumps([run.error, run.traceback, run.exception])
    assert SECRET not in Program(root).get(f"executions/{run.pk}/").content.decode()


def test_a_secret_at_the_edge_of_what_is_kept_is_hidden_whole() -> None:
    error = ValueError("x" * 1975 + f" redis://u:{SECRET}@host")

    assert "Hun" not in failing(error).error


def test_a_result_is_kept_without_secrets(root: User) -> None:
    run = a_run(celery_task_name=TAKES_ANYTHING, args=ARGS, kwargs=KWARGS, owner=root)

    deliver(run)

    assert run.result == [["token=***"], {"param": {"password": MASK, "url": "redis://u:***@host"}}]


def test_what_follows_a_run_gets_the_real_result() -> None:
    assert storable_result(KWARGS) == KWARGS
    assert kept_result(storable_result(KWARGS))["param"]["password"] == MASK


@pytest.fixture
def running(root: User, task: Task) -> TaskExecution:
    return a_run(Status.STARTED, task=task, owner=root)


def test_progress_is_kept_without_secrets(running: TaskExecution) -> None:
    attempt = Running(the_claim_on(running), running, proven_at=0)
    attempt.report(5, ARGS[0], KWARGS)
    attempt.flush()

    running.refresh_from_db()
    assert running.progress_message == "token=***"
    assert running.progress_data["param"]["password"] == MASK


def test_what_a_person_reports_is_kept_without_secrets(
    root: User, task: Task, running: TaskExecution
) -> None:
    actor = Actor(root)

    told = services.update_task_progress(actor, task.pk, 5, KWARGS, ARGS[0])
    assert (told.progress_message, told.progress_data["param"]["password"]) == ("token=***", MASK)

    told = services.update_task_status(actor, task.pk, "failed", result=KWARGS, error=ARGS[0])
    assert (told.error, told.result["param"]["password"]) == ("token=***", MASK)


def test_the_reason_of_an_act_is_noted_without_secrets(root: User, task: Task) -> None:
    services.disable_task(Actor(root), task, f"leaked token={SECRET}")

    assert Event.objects.get().reason == "leaked token=***"
