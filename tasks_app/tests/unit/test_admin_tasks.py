"""The pages of tasks, and what can be done there."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.states import Status
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.admin import ROOT, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


def statements(staff: Staff, path: str) -> int:
    staff.reads(path)
    with CaptureQueriesContext(connection) as queries:
        staff.reads(path)
    return len(queries)


def test_the_list_tells_of_each_task_what_its_run_says(staff: Staff, root: User) -> None:
    a_run(Status.FAILURE, task=a_task(root, name="Orders"), progress=70)
    a_task(root, name="Never run", priority=4)

    page = staff.reads("/task/")

    for words in ("Orders", "failure", "70 %", "Never run", "pending", "critical", "high_priority"):
        assert words in page


def test_the_list_asks_the_database_as_often_for_many_rows_as_for_few(
    staff: Staff, root: User
) -> None:
    a_run(Status.SUCCESS, task=a_task(root))
    few = statements(staff, "/task/")
    for number in range(20):
        a_run(Status.SUCCESS, task=a_task(root, name=f"task {number}"))

    assert statements(staff, "/task/") == few


@pytest.mark.parametrize(
    "question, shown",
    [
        ("?status=failure", {"Failed"}),
        ("?status=pending", {"Fresh"}),
        ("?priority=4", {"Fresh"}),
        ("?enabled__exact=0", {"Failed"}),
        ("?q=fre", {"Fresh"}),
        ("?q=key-of", {"Failed"}),
        ("?status=nonsense", {"Failed", "Fresh"}),
    ],
)
def test_the_list_is_filtered_and_searched(
    staff: Staff, root: User, question: str, shown: set[str]
) -> None:
    failed = a_task(root, name="Failed", key="key-of-failed", enabled=False)
    a_run(Status.FAILURE, task=failed)
    a_task(root, name="Fresh", priority=4)

    answer = staff.client.get(f"{ROOT}/task/{question}")

    assert {task.name for task in answer.context["cl"].result_list} == shown


def test_a_dialog_executes_with_arguments_of_its_own(staff: Staff, root: User) -> None:
    task = a_task(root, args=[1])

    answer = staff.does("execute", task, args="[5]", kwargs='{"param": "p"}', countdown="60")

    run = TaskExecution.objects.get()
    assert (run.args, run.kwargs, run.reason) == ([5], {"param": "p"}, "delayed")
    assert answer.headers["HX-Redirect"].endswith(f"/taskexecution/{run.pk}/change/")


def test_a_dialog_that_is_only_opened_changes_nothing(staff: Staff, root: User) -> None:
    task = a_task(root, args=[7])
    for verb in ("execute", "cancel", "toggle"):
        page = staff.reads(f"/task/{task.pk}/{verb}/")
        assert "csrfmiddlewaretoken" in page

    task.refresh_from_db()
    assert task.enabled
    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("verb", ["execute", "cancel", "toggle"])
def test_nothing_is_changed_without_the_token_of_the_form(root: User, verb: str) -> None:
    task = a_task(root)

    answer = Staff(root, enforce_csrf_checks=True).does(verb, task)

    assert answer.status_code == 403
    assert not Event.objects.exists()


def test_arguments_that_do_not_fit_are_told_and_nothing_runs(staff: Staff, root: User) -> None:
    answer = staff.does("execute", a_task(root), args="[]", kwargs="{}", countdown="0")

    assert "missing a required argument" in staff.told(answer)[0]
    assert not TaskExecution.objects.exists()


def test_cancel_stops_every_live_run_with_the_reason(staff: Staff, root: User) -> None:
    task = a_task(root)
    waiting, running = a_run(task=task), a_run(Status.STARTED, task=task)

    answer = staff.does("cancel", task, reason="wrong day")

    waiting.refresh_from_db()
    running.refresh_from_db()
    assert staff.told(answer) == ["2 run(s) cancelled or asked to stop."]
    assert (waiting.status, running.status) == ("revoked", "started")
    assert running.cancel_requested_by == root
    assert set(Event.objects.values_list("verb", "reason")) == {("cancel", "wrong day")}


def test_cancel_with_nothing_live_says_so(staff: Staff, root: User) -> None:
    answer = staff.does("cancel", a_task(root, name="Idle"))

    assert staff.told(answer) == ["Not done: Idle has no live run."]


def test_a_task_is_disabled_and_enabled_again(staff: Staff, root: User) -> None:
    task = a_task(root)

    told = [staff.told(staff.does("toggle", task, reason="holiday"))[-1] for _ in range(2)]

    assert told == ["Disabled.", "Enabled."]
    changes = Event.objects.order_by("at", "id").values_list("after", "reason")
    assert list(changes) == [({"enabled": False}, "holiday"), ({"enabled": True}, "holiday")]


def test_what_is_done_to_many_is_told_with_each_refusal(staff: Staff, root: User) -> None:
    good, gone = a_task(root, name="Good"), a_task(root, name="Gone", celery_task_name="gone.job")

    told = staff.does_to_all("execute_selected", [good, gone])

    assert told[0] == "1 executed."
    assert told[1].startswith("Gone: No job is called gone.job.")
    assert TaskExecution.objects.get().task == good


@pytest.mark.parametrize("verb, enabled", [("disable_selected", False), ("enable_selected", True)])
def test_many_are_enabled_or_disabled_at_once(
    staff: Staff, root: User, verb: str, enabled: bool
) -> None:
    tasks = [a_task(root, enabled=not enabled) for _ in range(3)]

    assert staff.does_to_all(verb, tasks)[0].startswith("3 ")
    assert set(Task.objects.values_list("enabled", flat=True)) == {enabled}


def test_deleting_says_what_stays_and_cancels_what_lives(staff: Staff, root: User) -> None:
    task = a_task(root)
    done, waiting = a_run(Status.SUCCESS, task=task), a_run(task=task)
    page = staff.reads(f"/task/{task.pk}/delete/")
    assert "Its executions stay, without a task; 1 live one(s) are cancelled." in page

    staff.client.post(f"{ROOT}/task/{task.pk}/delete/", {"post": "yes"})

    assert not Task.objects.exists()
    for run, status in ((done, "success"), (waiting, "revoked")):
        run.refresh_from_db()
        assert (run.status, run.task) == (status, None)
    assert Event.objects.filter(verb="delete", subject_id=task.pk).exists()
