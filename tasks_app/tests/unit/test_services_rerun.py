"""Running once more what is over: exactly as it was, or with other arguments."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.exceptions import (
    ArgumentsDoNotFit,
    Invalid,
    NotEnded,
    NotFound,
    NotUnique,
    UnknownJob,
)
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.models.envelopes import ENCODED
from tasks_app.reporting.explaining import explain
from tasks_app.services import Actor, rerun_execution, rerunning
from tasks_app.services.admission import submit_run
from tasks_app.services.rerunning import REPEATED
from tasks_app.states import FINAL, LIVE, OnLost, Priority, Reason, Status, Trigger
from tasks_app.tests import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB, a_run, a_task, now_of, row_of, told_of
from tasks_app.tests.schedules import a_schedule

pytestmark = pytest.mark.django_db
POLICIES: dict[str, Any] = {
    "queue": "reports",
    "priority": Priority.HIGH,
    "soft_time_limit": 5,
    "time_limit": 6,
    "max_attempts": 4,
    "retry_backoff": 7,
    "retry_backoff_max": 8,
    "retry_jitter": False,
    "retry_on": ["OSError"],
    "fail_on": ["ValueError"],
    "on_lost": OnLost.RETRY,
    "cancel_grace": 9,
    "keep_log": False,
    "schedule_name": "nightly",
    "scheduled_for": datetime(2026, 1, 1, 9, tzinfo=UTC),
}
# What each run has for itself, and begins anew with.
ITS_OWN = {
    "id", "trigger", "triggered_by_id", "parent_id", "created_at", "run_at", "published_at",
    "published_count", "status", "reason", "started_at", "finished_at", "attempt", "failed_tries",
    "worker_deaths", "claim_token", "worker", "pid", "progress", "result", "error", "error_type",
    "traceback", "checkpoint", "expires_at", "idempotency_key", "missed_from", "missed_count",
    "schedule_id", "cancel_requested_at", "cancel_requested_by_id", "cancel_seen_at",
}  # fmt: skip


def ended(owner: User | None = None, **columns: Any) -> TaskExecution:
    """A run that is over, with arguments that fit its job."""
    defaults: dict[str, Any] = {
        "status": Status.FAILURE,
        "reason": Reason.ERROR,
        "args": [3],
        "owner": owner,
    }
    return a_run(**(defaults | columns))


def test_a_rerun_is_a_new_row_that_repeats_everything_but_how_it_went(ada: User, bob: User) -> None:
    old = ended(
        ada, task=a_task(ada), kwargs={"param": "x"}, **POLICIES, error="E", result=1, attempt=4,
        failed_tries=3, idempotency_key="k", progress=40, checkpoint={"at": 1}, missed_count=2,
        missed_from="2026-01-01T08:00Z", cancel_requested_by=bob, expires_at="2026-01-02T00:00Z",
        trigger=Trigger.SCHEDULE, schedule=a_schedule(),
    )  # fmt: skip
    before = row_of(old)

    new = rerun_execution(Actor(ada, Trigger.API), old)

    again = row_of(new)
    assert {name for name in before if before[name] != again[name]} <= ITS_OWN
    assert {again[name] for name in ITS_OWN & {"error", "result", "checkpoint"}} == {"", None}
    assert (again["status"], again["attempt"], again["expires_at"]) == (Status.PENDING, 0, None)
    assert (again["trigger"], again["triggered_by_id"]) == (Trigger.RERUN, ada.pk)
    assert (again["parent_id"], again["schedule_id"]) == (old.pk, None)
    assert row_of(old) == before


def test_every_policy_of_a_run_is_repeated() -> None:
    assert {*Task().policies(), "on_lost", "queue", "priority"} <= set(REPEATED)
    assert set(POLICIES) == set(REPEATED) - {"task_id", "owner_id"}


@pytest.mark.parametrize("status", FINAL)
def test_whatever_is_over_can_be_run_once_more(ada: User, status: Status) -> None:
    assert rerun_execution(Actor(ada), ended(ada, status=status)).status == Status.PENDING


@pytest.mark.parametrize("status", LIVE)
def test_what_is_not_over_is_refused_with_what_to_do(ada: User, status: Status) -> None:
    run = a_run(status, owner=ada, args=[3])

    with pytest.raises(NotEnded, match=f"still {status}. Wait for its end, or cancel it"):
        rerun_execution(Actor(ada), run)

    assert TaskExecution.objects.count() == 1
    assert told_of(run) == []


def test_the_trail_tells_who_ran_what_once_more_and_why(ada: User) -> None:
    old = ended(ada)

    new = rerun_execution(Actor(ada, Trigger.ADMIN, "r1"), old, args=[5], reason="again")

    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.reason) == ("rerun", old.pk, "again")
    assert (event.user, event.door, event.request_id) == (ada, Trigger.ADMIN, "r1")
    assert event.after == {"execution": str(new.pk), "changed": ["args"]}
    assert f"ada asked for it as a rerun of {old.pk}." in explain(now_of(new)).evidence


def test_other_arguments_take_the_place_of_the_old_ones(ada: User) -> None:
    old = ended(ada, kwargs={"param": "x"})

    assert rerun_execution(Actor(ada), old, args=[5]).kwargs == {"param": "x"}
    assert rerun_execution(Actor(ada), old, kwargs={}).args == [3]


def test_a_secret_that_comes_back_masked_keeps_its_value(ada: User) -> None:
    old = ended(ada, kwargs={"param": {"password": "hunter2", "size": 1}})

    new = rerun_execution(
        Actor(ada), old, kwargs={"param": {"password": "***", "size": 2}}, reason="larger"
    )

    assert now_of(new).kwargs == {"param": {"password": "hunter2", "size": 2}}
    assert "hunter2" not in str(Event.objects.get().after)


@pytest.mark.parametrize(
    "given, refusal",
    [
        ({"args": []}, ArgumentsDoNotFit),
        ({"kwargs": {"unknown": 1}}, ArgumentsDoNotFit),
        ({"args": ["***"]}, Invalid),
        ({"kwargs": {"param": "x" * 70_000}}, Invalid),
    ],
)
def test_arguments_that_cannot_be_are_refused(
    ada: User, given: dict[str, Any], refusal: type[Exception]
) -> None:
    old = ended(ada)
    if given == {"args": ["***"]}:
        old = ended(ada, args=[{"password": "x"}])

    with pytest.raises(refusal):
        rerun_execution(Actor(ada), old, **given)

    assert not TaskExecution.objects.caused_by(Trigger.RERUN).exists()


def test_a_job_that_is_gone_cannot_run_again(ada: User) -> None:
    with pytest.raises(UnknownJob):
        rerun_execution(Actor(ada), ended(ada, celery_task_name="gone.job"))


def test_a_strangers_run_does_not_exist_and_nobodys_is_for_superusers(
    bob: User, ada: User, root: User
) -> None:
    for run in (ended(ada), ended(None)):
        with pytest.raises(NotFound):
            rerun_execution(Actor(bob), run)
        assert rerun_execution(Actor(root), run).owner_id == run.owner_id


def test_a_run_without_a_task_is_run_without_one(ada: User) -> None:
    assert rerun_execution(Actor(ada), ended(ada, task=None)).task is None


def test_unique_runs_of_the_task_hold_for_a_rerun_too(ada: User) -> None:
    task = a_task(ada, unique_runs="refuse")
    old = ended(ada, task=task)
    rerun_execution(Actor(ada), old)

    with pytest.raises(NotUnique):
        rerun_execution(Actor(ada), old)
    assert rerun_execution(Actor(ada), old, args=[4])


def test_a_step_of_a_canvas_runs_alone_with_its_own_headers(ada: User) -> None:
    envelope = {
        "link": [{"task": "shop.bill"}], "chain": [{"task": "shop.send"}], "group_id": "g",
        "chord": {"task": "shop.close"}, "link_error": [{"task": "shop.warn"}], "root_id": "r",
        "headers": {"tenant": "t1"}, "ignore_result": True, "next": {"args": [9]},
    }  # fmt: skip

    new = rerun_execution(Actor(ada), ended(ada, envelope=envelope))

    parts = {name: part for name, part in new.envelope.items() if name != ENCODED}
    assert parts == {"headers": {"tenant": "t1"}, "ignore_result": True}
    assert not new.is_followed


def test_dates_of_a_call_from_code_arrive_as_dates_in_every_rerun(root: User) -> None:
    know_the_tests_jobs()
    old = TaskExecution.objects.get(pk=jobs.year_of.delay(datetime(2026, 3, 1)).id)
    deliver(old)

    new = rerun_execution(Actor(root), old)
    deliver(new)
    newest = rerun_execution(Actor(root), new)
    deliver(newest)

    assert [run.result for run in (old, new, newest)] == [2026] * 3


def test_what_looks_like_a_date_of_code_stays_as_it_is_for_others(ada: User) -> None:
    know_the_tests_jobs()
    told = {"__type__": "date", "__value__": date(2026, 3, 1).isoformat()}
    old = ended(ada, celery_task_name=jobs.take_anything.name, args=[told], trigger=Trigger.API)

    new = rerun_execution(Actor(ada), old)
    deliver(new)

    assert new.result[0] == [told]


def test_a_retry_that_changed_the_arguments_changes_no_rerun(ada: User) -> None:
    program = Actor(ada, Trigger.API)
    _, old = services.create_task(program, name="x", celery_task_name=JOB, args=[60])
    assert old
    TaskExecution.objects.filter(pk=old.pk).update(envelope={"next": {"args": [0]}})
    deliver(old)

    new = rerun_execution(Actor(ada), old)

    assert (old.status, new.args, new.envelope) == ("success", [60], {})


# On SQLite one who writes keeps all others from writing.
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["task", "run"])
def test_a_run_that_is_deleted_meanwhile_does_not_exist(
    ada: User, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    old = ended(ada, task=a_task(ada))

    def submits_when_it_is_gone(*given: Any) -> None:
        gone = old.task if what == "task" else TaskExecution.objects.filter(pk=old.pk)
        assert at_once(lambda rows: rows.delete() is not None, [gone]) == [True]
        submit_run(*given)

    monkeypatch.setattr(rerunning, "submit_run", submits_when_it_is_gone)

    with pytest.raises(NotFound):
        rerun_execution(Actor(ada), old)

    assert not TaskExecution.objects.live().exists()
