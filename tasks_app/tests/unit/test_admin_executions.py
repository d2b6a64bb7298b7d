"""The pages of executions: to read, and to cancel."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining import explain
from tasks_app.states import Reason, Status
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.admin import ROOT, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


def test_a_failure_shows_why_with_everything_that_is_known(staff: Staff, root: User) -> None:
    run = a_run(
        Status.FAILURE,
        task=a_task(root, name="Orders"),
        reason=Reason.ERROR,
        error="ValueError: no powder",
        traceback="Traceback: line 7",
        args=[17],
        kwargs={"day": "monday"},
        worker="w1@here",
        triggered_by=root,
    )

    page = staff.reads(f"/taskexecution/{run.pk}/change/")

    for words in (
        "failure", "The job raised an error.", "ValueError: no powder", "Traceback: line 7",
        "17", "monday", "w1@here", "Orders", "root, through code",
    ):  # fmt: skip
        assert words in page


def test_a_run_of_a_canvas_shows_where_it_belongs(staff: Staff) -> None:
    first = a_run(Status.SUCCESS, celery_task_name="shop.order")
    envelope = {"chain": [{"task": "shop.send"}], "link_error": [{"task": "shop.<warn>"}]}
    run = a_run(Status.SUCCESS, parent=first, envelope=envelope)
    caused = [a_run(parent=run, celery_task_name=f"shop.pack_{n:02}") for n in range(12)]

    page = staff.reads(f"/taskexecution/{run.pk}/change/")

    assert f"/taskexecution/{first.pk}/change/" in page
    assert f"/taskexecution/{caused[0].pk}/change/" in page
    assert "shop.pack_10" not in page
    for words in ("and 2 more", "shop.send", "if it fails", "shop.&lt;warn&gt;"):
        assert words in page


def test_a_waiting_run_says_why_with_evidence_and_what_to_do(staff: Staff) -> None:
    run = a_run()

    page = unescape(staff.reads(f"/taskexecution/{run.pk}/change/"))

    answer = explain(run)
    assert answer.code == "broker_down"
    assert answer.evidence
    assert answer.advice
    for words in (answer.code, answer.sentence, *answer.evidence):
        assert words in page
    for advice in answer.advice:
        assert f"→ {advice}" in page


def test_a_run_that_no_schedule_started_says_so(staff: Staff) -> None:
    by_hand = a_run()
    logical = a_run(scheduled_for=datetime(2026, 1, 1, 9, tzinfo=UTC))

    assert "no schedule started it" in staff.reads(f"/taskexecution/{by_hand.pk}/change/")
    page = staff.reads(f"/taskexecution/{logical.pk}/change/")
    assert "a logical time" in page
    assert "2026-01-01 09:00:00 UTC" in page


def test_the_list_asks_as_often_for_many_rows_and_leaves_documents_behind(
    staff: Staff, root: User
) -> None:
    def seen() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            staff.reads("/taskexecution/")
        return [query["sql"] for query in queries]

    task = a_task(root)
    a_run(Status.SUCCESS, task=task)
    few = len(seen())
    for _ in range(20):
        a_run(Status.SUCCESS, task=task)

    many = seen()
    assert len(many) == few
    assert not [sql for sql in many if '"task_executions"."traceback"' in sql]


@pytest.mark.parametrize(
    "question, shown", [("?status=failure", 1), ("?trigger=api", 1), ("?priority=2", 2), ("", 2)]
)
def test_the_list_is_filtered(staff: Staff, question: str, shown: int) -> None:
    a_run(Status.FAILURE)
    a_run(trigger="api")

    answer = staff.client.get(f"{ROOT}/taskexecution/{question}")

    assert len(answer.context["cl"].result_list) == shown


def test_the_list_finds_an_execution_by_its_id(staff: Staff) -> None:
    run, _ = a_run(), a_run()

    answer = staff.client.get(f"{ROOT}/taskexecution/?q={run.pk}")

    assert list(answer.context["cl"].result_list) == [run]


def test_nothing_of_an_execution_can_be_written(staff: Staff) -> None:
    run = a_run()
    page = f"{ROOT}/taskexecution/{run.pk}/change/"

    answers = [
        staff.client.get(f"{ROOT}/taskexecution/add/"),
        staff.client.post(page, {"status": "success"}),
        staff.client.post(f"{ROOT}/taskexecution/{run.pk}/delete/", {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    run.refresh_from_db()
    assert run.status == "pending"


def test_a_running_one_is_asked_to_stop(staff: Staff, root: User) -> None:
    run = a_run(Status.STARTED)

    answer = staff.does("cancel", run, reason="wrong day")

    run.refresh_from_db()
    assert staff.told(answer) == ["It is asked to stop."]
    assert (run.status, run.cancel_requested_by) == ("started", root)
    assert "It is asked to stop." in staff.reads(f"/taskexecution/{run.pk}/change/")


def test_what_has_ended_offers_no_cancel_and_refuses_one(staff: Staff) -> None:
    run = a_run(Status.SUCCESS)

    assert f"/taskexecution/{run.pk}/cancel" not in staff.reads(f"/taskexecution/{run.pk}/change/")
    answer = staff.does("cancel", run)

    assert staff.told(answer)[0].startswith("Not done: it ended at")


def test_many_are_cancelled_with_each_refusal_told(staff: Staff) -> None:
    runs = [a_run(), a_run(Status.STARTED), a_run(Status.SUCCESS)]

    told = staff.does_to_all("cancel_selected", runs)

    assert told[0] == "2 cancelled."
    assert "it ended at" in told[1]
    statuses = TaskExecution.objects.values_list("status", flat=True)
    assert sorted(statuses) == ["revoked", "started", "success"]


def test_a_page_of_a_live_run_brings_itself_up_to_date(staff: Staff) -> None:
    live, over = a_run(Status.STARTED), a_run(Status.SUCCESS)

    assert 'data-live-on="True"' in staff.reads(f"/taskexecution/{live.pk}/change/")
    assert 'data-live-on="True"' not in staff.reads(f"/taskexecution/{over.pk}/change/")


def test_more_rows_than_anybody_pages_through_are_not_counted(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks_app.admin.base.MOST_COUNTED", 3)
    for _ in range(6):
        a_run()

    answer = staff.client.get(f"{ROOT}/taskexecution/")

    assert answer.context["cl"].result_count == 4
