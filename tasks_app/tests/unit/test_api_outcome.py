"""`PATCH /api/v1/tasks/{id or key}/` with what became of the task's present run."""

import pytest

from tasks_app import lifecycle, services
from tasks_app.models import Event, Task
from tasks_app.services import Actor
from tasks_app.states import Reason, Status
from tasks_app.tests.runs import a_run, a_task, now_of, row_of, the_claim_on, told_of
from tasks_app.tests.unit.api import Program, assert_refused


@pytest.fixture
def task(ada):
    return a_task(ada, key="k")


@pytest.fixture
def running(task, ada):
    return a_run(Status.STARTED, task=task, owner=ada, progress=30, progress_message="page 3")


def patch(user, **body):
    return Program(user).send("PATCH", "tasks/k/", body)


WORDS = {
    "succeeded": Status.SUCCESS,
    "Completed": Status.SUCCESS,
    "success": Status.SUCCESS,
    "failed": Status.FAILURE,
    "failure": Status.FAILURE,
    "cancelled": Status.REVOKED,
    "revoked": Status.REVOKED,
}


@pytest.mark.parametrize("word, status", WORDS.items())
def test_a_final_word_ends_the_present_run(ada, running, word, status):
    answer = patch(ada, status=word, progress=80, result={"n": 1}, error="by hand", reason="tired")

    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["status"], shown["reason"]) == (status, Reason.SET_BY_HAND)
    assert (shown["progress"], shown["result"], shown["error"]) == (80, {"n": 1}, "by hand")
    assert shown["execution_id"] == str(running.pk)


def test_the_claim_is_withdrawn_and_the_row_and_the_trail_tell_by_whom(ada, running):
    patch(ada, status="failed", reason="The feed was empty.")

    ended, event = now_of(running), Event.objects.get()
    assert lifecycle.succeed([(the_claim_on(running), None)]) == set()
    assert (ended.cancel_requested_by, ended.cancel_requested_at) == (ada, ended.finished_at)
    assert (event.verb, event.user, event.reason) == ("set_status", ada, "The feed was empty.")
    why = services.why_execution(Actor(ada), ended)
    assert "set to failure by ada through the API" in why.sentence
    assert "The reason given: The feed was empty." in why.evidence


@pytest.mark.parametrize("body", [{"progress": 55}, {"status": "running", "progress": 55}])
def test_progress_of_a_running_one_is_only_reported(ada, running, body):
    shown = patch(ada, **body).json()

    assert (shown["status"], shown["progress"]) == ("started", 55)
    assert told_of(running) == []


def test_running_alone_changes_nothing(ada, running):
    before = row_of(running)

    assert patch(ada, status="running").status_code == 200
    assert row_of(running) == before


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({"status": "retry"}, "status"),
        ({"status": "skipped"}, "status"),
        ({"status": "pending"}, "status"),
        ({"status": "queued"}, "status"),
        ({"status": "nonsense"}, "status"),
        ({"status": ""}, "status"),
        ({"status": None}, "status"),
        ({"status": 5}, "status"),
        ({"status": "failed", "progress": 101}, "progress"),
        ({"progress": "50"}, "progress"),
        ({"progress": True}, "progress"),
        ({"result": 1}, "result"),
        ({"progress": 1, "error": "no"}, "error"),
        ({"status": "running", "result": 1}, "result"),
        ({"status": "failed", "error": 5}, "error"),
        ({"progress_message": "page 4"}, "progress_message"),
        ({"finished_at": None}, "finished_at"),
    ],
)
def test_a_bad_outcome_is_refused_by_its_field_and_nothing_is_written(ada, running, body, wrong):
    before = row_of(running)

    assert_refused(patch(ada, **body), 400, "invalid", wrong)
    assert row_of(running) == before


@pytest.mark.parametrize("body", [{"status": "failed"}, {"progress": 5}])
def test_a_task_without_a_live_run_takes_none(ada, task, body):
    a_run(Status.SUCCESS, task=task, owner=ada)

    assert_refused(patch(ada, **body), 409, "no_live_run")


def test_what_never_ran_cannot_have_succeeded(ada, task):
    a_run(task=task, owner=ada)

    assert_refused(patch(ada, status="succeeded"), 409, "move_refused")


def test_fields_and_outcome_of_one_body_are_written_together(ada, task, running):
    shown = patch(ada, name="new", status="succeeded", version=1).json()

    assert (shown["name"], shown["status"], shown["version"]) == ("new", "success", 2)


@pytest.mark.parametrize("body", [{"status": "retry"}, {"status": "failed", "progress": 101}])
def test_an_outcome_that_is_refused_takes_the_other_fields_back(ada, task, running, body):
    assert_refused(patch(ada, name="new", **body), 400, "invalid", list(body)[-1])

    assert Task.objects.get().name == "a task"
    assert told_of(task) == []


def test_a_field_that_is_refused_takes_the_outcome_back(ada, task, running):
    assert_refused(patch(ada, queue="a b", status="failed"), 400, "invalid", "queue")

    assert now_of(running).status == Status.STARTED


def test_an_outcome_for_another_version_is_refused(ada, task, running):
    assert_refused(patch(ada, status="failed", version=7), 409, "version_conflict")

    assert now_of(running).status == Status.STARTED


def test_a_strangers_run_does_not_exist(bob, running):
    assert_refused(patch(bob, status="failed"), 404, "not_found")
    assert now_of(running).status == Status.STARTED
