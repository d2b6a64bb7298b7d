"""Pruning at the API and in the admin: counted at once, done by a run in the background."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.exceptions import SuperusersOnly
from tasks_app.models import Event, TaskExecution
from tasks_app.models.waiting import Waiting, keep_waiting
from tasks_app.registry import PRUNING
from tasks_app.services import Actor, asking_to_prune
from tasks_app.states import LIVE, OnLost, Priority, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.admin import ROOT, Staff
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db
DAY = 24 * 3600
PAGE = f"{ROOT}/taskexecution/prune/"
SENT = {"_form_submitted": "on", "reason": "The disk is full."}


@pytest.fixture(autouse=True)
def retention(settings: Any) -> None:
    settings.RETENTION_DAYS = {"success": 30, "failure": 90}
    settings.KEEP_LAST_RUNS = 0


@pytest.fixture
def ledger(ada: User) -> None:
    """Of ada three old successes and a failure that is young for its kind, and a new success."""
    for _ in range(3):
        a_run(Status.SUCCESS, owner=ada)
    a_run(Status.FAILURE, owner=ada)
    age(40 * DAY)
    a_run(Status.SUCCESS, owner=ada)


def submitted() -> TaskExecution:
    """The one run that waits to prune."""
    return TaskExecution.objects.get(celery_task_name=PRUNING, status__in=LIVE)


def test_a_dry_run_counts_by_status_and_changes_nothing(root: User, ledger: None) -> None:
    answer = Program(root).post("executions/prune/", {"dry_run": True})

    assert answer.status_code == 200
    assert answer.json() == {"total": 3, "by_status": {"success": 3}, "more": False}
    assert TaskExecution.objects.count() == 5
    assert not Event.objects.exists()


def test_a_real_one_is_a_run_of_the_nightly_job(root: User, ledger: None) -> None:
    answer = Program(root).post("executions/prune/", {"reason": "The disk is full."})

    run, shown = submitted(), answer.json()
    assert (answer.status_code, shown["id"], shown["status"]) == (202, str(run.pk), "pending")
    assert (shown["trigger"], shown["triggered_by"], shown["owner"]) == ("api", "root", "root")
    assert (run.args, run.kwargs, run.on_lost) == ([], {}, OnLost.RETRY)
    assert (run.queue, run.priority) == ("low_priority", Priority.LOW)
    assert TaskExecution.objects.count() == 6


def test_who_started_it_and_why_is_in_the_trail(root: User) -> None:
    Program(root).post("executions/prune/", {"reason": "The disk is full."})

    [event] = Event.objects.all()
    assert (event.verb, event.user, event.door) == ("start_pruning", root, Trigger.API)
    assert (event.reason, event.after) == ("The disk is full.", {"execution": str(submitted().pk)})


def test_nobody_says_through_the_api_which_runs_go(root: User) -> None:
    body = {"older_than": 1, "statuses": ["success"], "keep_last": 0}

    assert_refused(Program(root).post("executions/prune/", body), 400, "invalid", *body)
    assert not TaskExecution.objects.exists()


def test_the_services_ask_who_acts_whatever_the_door(ada: User, ledger: None) -> None:
    for act in (services.preview_pruning, services.start_pruning):
        with pytest.raises(SuperusersOnly, match="only a superuser prunes runs"):
            act(Actor(ada))

    assert TaskExecution.objects.count() == 5


def test_a_pruning_needs_room_like_any_run(root: User, settings: Any) -> None:
    settings.WAITING_RUNS_PER_OWNER_MAX = 1
    keep_waiting(Waiting(1, {root.pk: 1}), 0)

    assert_refused(Program(root).post("executions/prune/"), 429, "over_limit")
    assert not Event.objects.exists()


def test_a_count_that_takes_too_long_stops(
    root: User, ledger: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_to_prune, "MOST_COUNTED", 3)

    assert services.preview_pruning(Actor(root)).more
    assert "3 or more runs go for good" in Staff(root).client.get(PAGE).content.decode()


def test_the_dialog_names_the_numbers_first(root: User, ledger: None) -> None:
    page = Staff(root).client.get(PAGE).content.decode()

    assert "3 runs go for good: 3 success." in page
    assert not Event.objects.exists()


def test_the_dialog_says_where_nothing_is_old_enough(root: User) -> None:
    assert "No run is old enough to go." in Staff(root).client.get(PAGE).content.decode()


def test_the_admin_starts_it_and_leads_to_its_run(root: User, ledger: None) -> None:
    staff = Staff(root)

    answer = staff.client.post(PAGE, SENT)

    run = submitted()
    assert answer.headers["HX-Redirect"] == f"{ROOT}/taskexecution/{run.pk}/change/"
    assert staff.told(answer) == ["Pruning is submitted: this run does it."]
    assert (run.trigger, run.triggered_by) == (Trigger.ADMIN, root)
    assert Event.objects.get().reason == "The disk is full."
