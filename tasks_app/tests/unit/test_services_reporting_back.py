"""What a job or a person says about a task's present run, by the task's id or key."""

import pytest

from tasks_app import lifecycle
from tasks_app.exceptions import AlreadyEnded, Invalid, MoveRefused, NoLiveRun, NotFound
from tasks_app.lifecycle import Report
from tasks_app.models import Event
from tasks_app.services import (
    Actor,
    get_execution,
    set_outcome,
    update_task_progress,
    update_task_status,
)
from tasks_app.states import Reason, Status
from tasks_app.tests.runs import a_run, a_task, now_of, row_of, the_claim_on, told_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(ada):
    return Actor(ada)


@pytest.fixture
def task(ada):
    return a_task(ada, key="k")


@pytest.fixture
def running(task, ada):
    return a_run(Status.STARTED, task=task, owner=ada, progress=30)


def test_progress_is_noted_on_the_run_that_is_live(actor, task, running):
    told = update_task_progress(actor, "k", 42.5, {"page": 3}, "page 3")

    assert told == running
    assert (told.progress, told.progress_message) == (42.5, "page 3")
    assert told.progress_data == {"page": 3}
    assert told.lease_until == running.lease_until


@pytest.mark.parametrize("progress", [-0.1, 100.1, float("nan"), float("inf")])
def test_what_is_no_percentage_is_refused(actor, task, running, progress):
    for say in (
        lambda: update_task_progress(actor, task.pk, progress),
        lambda: update_task_status(actor, task.pk, "running", progress),
        lambda: update_task_status(actor, task.pk, "failed", progress),
    ):
        with pytest.raises(Invalid) as refusal:
            say()
        assert list(refusal.value.errors) == ["progress"]

    assert now_of(running).progress == 30


UNSTORABLE = ["a\0b", "\ud800", float("nan")]


@pytest.mark.parametrize("value", UNSTORABLE, ids=ascii)
def test_what_no_database_keeps_is_refused_by_its_field(actor, task, running, value):
    before = row_of(running)
    for field, say in {
        "data": lambda: update_task_progress(actor, task.pk, 5, {"n": value}),
        "result": lambda: update_task_status(actor, task.pk, "success", result=value),
    }.items():
        with pytest.raises(Invalid) as refusal:
            say()
        assert list(refusal.value.errors) == [field]

    assert row_of(running) == before


@pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=ascii)
def test_text_that_no_database_keeps_is_refused_by_its_field(actor, task, running, text):
    for field, say in {
        "message": lambda: update_task_progress(actor, task.pk, 5, message=text),
        "error": lambda: update_task_status(actor, task.pk, "failed", error=text),
    }.items():
        with pytest.raises(Invalid) as refusal:
            say()
        assert list(refusal.value.errors) == [field]


def test_nothing_is_told_of_a_task_without_a_live_run(actor, task, ada):
    a_run(Status.SUCCESS, task=task, owner=ada)

    for say in (
        lambda: update_task_progress(actor, task.pk, 5),
        lambda: update_task_status(actor, task.pk, "failed"),
    ):
        with pytest.raises(NoLiveRun):
            say()


def test_nothing_is_told_of_a_run_that_waits(actor, task, ada):
    a_run(task=task, owner=ada)

    with pytest.raises(MoveRefused):
        update_task_progress(actor, task.pk, 5)


@pytest.mark.parametrize("word", ["running", "STARTED"])
def test_running_changes_only_the_progress(actor, task, running, word):
    told = update_task_status(actor, task.pk, word, progress=55)

    assert (told.status, told.progress) == (Status.STARTED, 55)
    assert told.claim_token == running.claim_token
    assert told_of(told) == []


LAST_WORDS = {
    "completed": Status.SUCCESS,
    "succeeded": Status.SUCCESS,
    "SUCCESS": Status.SUCCESS,
    "failed": Status.FAILURE,
    "FAILURE": Status.FAILURE,
    "cancelled": Status.REVOKED,
    "revoked": Status.REVOKED,
}


@pytest.mark.parametrize("word, status", LAST_WORDS.items())
def test_a_last_word_set_by_hand_ends_the_run(actor, task, running, word, status):
    ended = update_task_status(actor, task.pk, word, result={"n": 1}, error="by hand")

    assert (ended.status, ended.reason) == (status, Reason.SET_BY_HAND)
    assert (ended.result, ended.error) == ({"n": 1}, "by hand")
    assert ended.progress == (100 if status == Status.SUCCESS else 30)
    assert ended.finished_at


def test_a_last_word_set_by_hand_withdraws_the_claim(actor, task, running):
    update_task_status(actor, task.pk, "failed")

    assert lifecycle.succeed([(the_claim_on(running), None)]) == set()
    assert now_of(running).status == Status.FAILURE


def test_the_trail_tells_who_set_it(actor, task, running):
    update_task_status(actor, task.pk, "success", progress=80)

    event = Event.objects.get(subject_id=running.pk)
    assert (event.verb, event.user) == ("set_status", actor.user)
    assert (event.before, event.after["status"]) == ({"status": "started"}, "success")
    assert now_of(running).progress == 80


def test_what_never_ran_cannot_have_succeeded(actor, task, ada):
    run = a_run(task=task, owner=ada)

    with pytest.raises(MoveRefused, match="pending cannot become success"):
        update_task_status(actor, task.pk, "success")

    assert now_of(run).status == Status.PENDING
    assert told_of(run) == []


@pytest.mark.parametrize("word", ["pending", "retry", "skipped", "queued", "nonsense", ""])
def test_other_words_cannot_be_set(actor, task, running, word):
    with pytest.raises(Invalid) as refusal:
        update_task_status(actor, task.pk, word)

    assert list(refusal.value.errors) == ["status"]


def test_a_strangers_task_does_not_exist(bob, task, running):
    for say in (
        lambda: update_task_progress(Actor(bob), task.pk, 5),
        lambda: update_task_status(Actor(bob), task.pk, "failed"),
    ):
        with pytest.raises(NotFound):
            say()


def test_running_without_progress_changes_nothing(actor, task, running):
    before = row_of(running)

    assert update_task_status(actor, task.pk, "running").progress == 30
    assert row_of(running) == before


@pytest.mark.parametrize("said", [{"result": 1}, {"error": "no"}])
def test_what_ends_a_run_is_not_said_of_a_running_one(actor, task, running, said):
    with pytest.raises(Invalid) as refusal:
        update_task_status(actor, task.pk, "running", **said)

    assert refusal.value.errors.keys() == said.keys()


def test_the_outcome_of_any_live_run_can_be_set(actor, task, ada):
    older = a_run(Status.STARTED, task=task, owner=ada)
    newer = a_run(Status.STARTED, task=task, owner=ada)

    set_outcome(actor, older, "failed", error="It hangs.", reason="seen in the log")

    assert (now_of(older).status, now_of(newer).status) == ("failure", "started")
    event = Event.objects.get()
    assert (event.subject_id, event.reason) == (older.pk, "seen in the log")


def test_a_run_of_no_task_has_an_outcome_too(actor, ada):
    run = a_run(Status.STARTED, owner=ada)

    assert set_outcome(actor, run, "success", result=3).result == 3


def test_progress_that_was_told_meanwhile_stays(actor, running, monkeypatch):
    def read_before_the_job_tells(*asked):
        read = get_execution(*asked)
        assert lifecycle.note_progress(running.pk, Report(80, "", {}))
        return read

    module = "tasks_app.services.reporting_back.get_execution"
    monkeypatch.setattr(module, read_before_the_job_tells)
    ended = set_outcome(actor, running, "failed")

    assert (ended.status, ended.progress) == (Status.FAILURE, 80)


def test_what_has_ended_keeps_its_outcome(actor, task, ada):
    run = a_run(Status.SUCCESS, task=task, owner=ada)

    with pytest.raises(AlreadyEnded):
        set_outcome(actor, run, "failed")

    assert told_of(run) == []


def test_secrets_in_an_outcome_are_masked(actor, running):
    ended = set_outcome(actor, running, "failed", result={"password": "x"}, error="password=x")

    assert ended.result == {"password": "***"}
    assert "x" not in ended.error.partition("=")[2]


def test_a_strangers_run_does_not_exist(bob, running):
    with pytest.raises(NotFound):
        set_outcome(Actor(bob), running, "failed")
