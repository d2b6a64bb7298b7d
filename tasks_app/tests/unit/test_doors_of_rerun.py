"""Reruns at the API and in the admin."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.models import TaskExecution
from tasks_app.services import Actor, rerun_execution
from tasks_app.states import Reason, Status, Trigger
from tasks_app.tests.runs import JOB, a_run, a_task, now_of
from tasks_app.tests.unit.admin import ROOT, Staff
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db


def ended(owner: User, **columns: Any) -> TaskExecution:
    return a_run(Status.FAILURE, reason=Reason.ERROR, args=[3], owner=owner, **columns)


def newest() -> TaskExecution:
    return TaskExecution.objects.caused_by(Trigger.RERUN).newest_first()[0]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_api_answers_with_the_new_run(ada: User, slash: str) -> None:
    task = a_task(ada)
    old = ended(ada, task=task)

    answer = Program(ada).post(f"executions/{old.pk}/rerun{slash}")

    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["trigger"]) == (202, "pending", "rerun")
    assert (shown["parent"], shown["task"], shown["celery_task_name"]) == (
        str(old.pk), str(task.pk), JOB
    )  # fmt: skip
    assert shown["task_name"] == "a task"
    assert shown["owner"] == shown["triggered_by"] == "ada"
    assert now_of(TaskExecution(pk=UUID(shown["id"]))).args == [3]


def test_old_and_new_run_tell_of_each_other(ada: User) -> None:
    old, program = ended(ada), Program(ada)
    first, second = (rerun_execution(Actor(ada), old) for _ in range(2))
    a_run(parent=old, owner=ada)

    assert program.get(f"executions/{old.pk}/").json()["reruns"] == [str(first.pk), str(second.pk)]
    assert program.get(f"executions/{first.pk}/").json()["parent"] == str(old.pk)


def test_of_very_many_reruns_no_more_are_read_than_are_told(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks_app.api.serializers.execution.MOST_RERUNS", 1)
    old = ended(ada)
    first, _ = (rerun_execution(Actor(ada), old) for _ in range(2))

    with CaptureQueriesContext(connection) as queries:
        assert Program(ada).get(f"executions/{old.pk}/").json()["reruns"] == [str(first.pk)]

    [asked] = [query["sql"] for query in queries if '"parent_id" = ' in query["sql"]]
    assert asked.endswith("LIMIT 1")


def test_the_api_takes_other_arguments_and_a_reason(ada: User) -> None:
    body = {"args": [5], "kwargs": {"param": "x"}, "reason": "shorter"}

    answer = Program(ada).post(f"executions/{ended(ada).pk}/rerun/", body)

    assert answer.status_code == 202
    assert (newest().args, newest().kwargs) == ([5], {"param": "x"})


@pytest.mark.parametrize(
    "body, field",
    [({"args": {}}, "args"), ({"kwargs": []}, "kwargs"), ({"queue": "x"}, "queue"),
     ({"args": []}, "args")],
)  # fmt: skip
def test_the_api_refuses_a_body_by_its_field(ada: User, body: dict[str, Any], field: str) -> None:
    answer = Program(ada).post(f"executions/{ended(ada).pk}/rerun/", body)

    assert_refused(answer, 400, "invalid", field)


def test_the_api_refuses_what_is_not_over(ada: User) -> None:
    run = a_run(Status.STARTED, owner=ada)

    assert_refused(Program(ada).post(f"executions/{run.pk}/rerun/"), 409, "not_ended")


def test_the_page_of_what_is_over_runs_it_once_more(root: User) -> None:
    staff, old = Staff(root), ended(root)
    page = staff.reads(f"/taskexecution/{old.pk}/change/")
    assert f"/taskexecution/{old.pk}/rerun" in page

    answer = staff.does("rerun", old, reason="again")

    assert staff.told(answer) == ["It is submitted; this page follows it."]
    assert answer.headers["HX-Redirect"] == f"{ROOT}/taskexecution/{newest().pk}/change/"
    assert (newest().args, newest().parent) == ([3], old)


def test_pages_show_what_a_run_repeats_and_what_repeats_it(root: User) -> None:
    staff, old = Staff(root), ended(root)
    new = rerun_execution(Actor(root), old)

    page_of_old = staff.reads(f"/taskexecution/{old.pk}/change/")
    page_of_new = staff.reads(f"/taskexecution/{new.pk}/change/")

    assert f'rerun <a class="b-link" href="{ROOT}/taskexecution/{new.pk}/change/"' in page_of_old
    assert "as a rerun of <a" in page_of_new
    assert f"{ROOT}/taskexecution/{old.pk}/change/" in page_of_new


def test_the_dialog_shows_the_arguments_without_secrets_and_keeps_them(root: User) -> None:
    staff, old = Staff(root), ended(root, kwargs={"param": {"password": "hunter2"}})
    dialog = staff.client.get(f"{ROOT}/taskexecution/{old.pk}/rerun_with/").content.decode()
    assert "hunter2" not in dialog
    assert "&quot;password&quot;: &quot;***&quot;" in dialog

    staff.does("rerun_with", old, args="[7]", kwargs='{"param": {"password": "***"}}')

    assert (newest().args, newest().kwargs) == ([7], {"param": {"password": "hunter2"}})


def test_what_is_live_offers_no_rerun_and_refuses_one(root: User) -> None:
    staff, run = Staff(root), a_run(Status.STARTED)

    assert f"/taskexecution/{run.pk}/rerun" not in staff.reads(f"/taskexecution/{run.pk}/change/")
    answer = staff.does("rerun", run)

    assert "is still started" in staff.told(answer)[0]
    assert answer.headers["HX-Redirect"] == f"{ROOT}/taskexecution/{run.pk}/change/"


def test_many_are_run_once_more_with_each_refusal_told(root: User) -> None:
    told = Staff(root).does_to_all("rerun_selected", [ended(root), ended(root), a_run()])

    assert told[0] == "2 rerun."
    assert "is still pending" in told[1]
