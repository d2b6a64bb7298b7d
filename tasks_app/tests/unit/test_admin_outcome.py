"""The dialog "Set the outcome…" on the page of a live execution."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app.admin.outcome import OutcomeForm
from tasks_app.models import Event, TaskExecution
from tasks_app.states import FINAL, Reason, Status, Trigger
from tasks_app.tests.runs import a_run, a_task, now_of, row_of, told_of
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(db: None) -> User:
    """A staff user who may change tasks, with tasks of her own."""
    return an_operator("ida")


@pytest.fixture
def staff(ida: User) -> Staff:
    return Staff(ida)


def a_run_of(owner: User, status: Status = Status.STARTED, **columns: Any) -> TaskExecution:
    return a_run(status, task=a_task(owner), owner=owner, **columns)


def dialog(staff: Staff, run: TaskExecution) -> str:
    return staff.reads(f"/taskexecution/{run.pk}/outcome/")


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.REVOKED])
def test_a_person_sets_the_outcome_of_a_run(staff: Staff, ida: User, status: Status) -> None:
    run = a_run_of(ida)

    answer = staff.does(
        "outcome",
        run,
        status=status,
        progress="80",
        result='{"n": 1}',
        error="by hand",
        reason="It hung.",
    )

    ended, event = now_of(run), Event.objects.get()
    assert staff.told(answer) == [f"It is {status}, at 80 %."]
    assert (ended.status, ended.reason) == (status, Reason.SET_BY_HAND)
    assert (ended.progress, ended.result, ended.error) == (80, {"n": 1}, "by hand")
    assert ended.cancel_requested_by == ida
    assert (event.verb, event.door, event.reason) == ("set_status", Trigger.ADMIN, "It hung.")


def test_what_is_not_said_is_as_it_is(staff: Staff, ida: User) -> None:
    run = a_run_of(ida, progress=30)

    staff.does("outcome", run, status="failure")

    assert (now_of(run).progress, now_of(run).result, now_of(run).error) == (30, None, "")


def test_progress_alone_leaves_it_running(staff: Staff, ida: User) -> None:
    run = a_run_of(ida)

    staff.does("outcome", run, status="started", progress="55")

    assert (now_of(run).status, now_of(run).progress) == ("started", 55)
    assert told_of(run) == []


@pytest.mark.parametrize(
    "status, offered",
    [
        (Status.STARTED, {"success", "failure", "revoked", "started"}),
        (Status.PENDING, {"failure", "revoked"}),
        (Status.RETRY, {"failure", "revoked"}),
    ],
)
def test_only_what_a_run_may_become_is_offered(
    staff: Staff, ida: User, status: Status, offered: set[str]
) -> None:
    run = a_run_of(ida, status)

    page = dialog(staff, run)

    assert {word for word in Status.values if f'value="{word}"' in page} == offered


def test_what_is_not_offered_is_not_taken(staff: Staff, ida: User) -> None:
    run = a_run_of(ida, Status.PENDING)
    before = row_of(run)

    staff.does("outcome", run, status="success")

    assert row_of(run) == before


@pytest.mark.parametrize(
    "field, value", [("progress", "101"), ("result", "{"), ("status", ""), ("progress", "nan")]
)
def test_what_cannot_be_is_told_in_the_dialog(
    staff: Staff, ida: User, field: str, value: str
) -> None:
    run = a_run_of(ida)

    answer = staff.does("outcome", run, **{"status": "failure", field: value})

    assert answer.context["form"].errors.keys() == {field}
    assert now_of(run).status == "started"


def test_a_refusal_of_the_service_is_told(staff: Staff, ida: User) -> None:
    run = a_run_of(ida)

    answer = staff.does("outcome", run, status="success", result='{"n": "a\\u0000b"}')

    assert "NUL" in staff.told(answer)[0]
    assert now_of(run).status == "started"


@pytest.mark.parametrize("status", FINAL)
def test_what_has_ended_offers_no_outcome(staff: Staff, ida: User, status: Status) -> None:
    run = a_run_of(ida, status)

    assert f"{run.pk}/outcome" not in staff.reads(f"/taskexecution/{run.pk}/change/")
    before = row_of(run)
    staff.does("outcome", run, status="failure")
    assert row_of(run) == before


def test_it_takes_the_permission_to_change_tasks(ida: User) -> None:
    run = a_run_of(an_operator("max", "view_task"))
    assert run.owner
    reader = Staff(run.owner)

    assert f"{run.pk}/outcome" not in reader.reads(f"/taskexecution/{run.pk}/change/")
    assert reader.does("outcome", run, status="failure").status_code == 403
    assert now_of(run).status == "started"


def test_somebody_elses_run_does_not_exist(staff: Staff, ada: User) -> None:
    run = a_run_of(ada)

    assert staff.client.get(f"{ROOT}/taskexecution/{run.pk}/outcome/").status_code == 404
    assert staff.does("outcome", run, status="failure").status_code == 404
    assert now_of(run).status == "started"


def test_the_fields_stand_in_the_order_of_the_question() -> None:
    assert OutcomeForm.field_order[0] == "status"
    assert OutcomeForm.field_order[-1] == "reason"
