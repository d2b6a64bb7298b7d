"""What a person does with a task, in a real browser."""

import pytest
from django.contrib.auth.models import User

from tasks_app import lifecycle
from tasks_app.lifecycle import Report
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.states import Reason
from tasks_app.tests.browser.conftest import Visit
from tasks_app.tests.runs import JOB, a_claim, a_task, the_claim_on

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_signs_in_with_a_password(visit: Visit, root: User) -> None:
    person = visit()
    person.opens("/")
    person.fills(username="root", password="root's password")
    person.presses("Enter")

    person.sees("Executions")
    assert person.is_at() == "/admin/"


def test_a_task_is_defined_executed_watched_and_cancelled(visit: Visit, root: User) -> None:
    person = visit(root)
    person.opens("/admin/tasks_app/task/add/")
    person.fills(name="Wait", args="[40")
    person.chooses("celery_task_name", JOB)
    person.clicks("Save and continue editing")
    person.sees("Enter a valid JSON.")
    person.fills(args="[40]")
    person.clicks("Save and continue editing")
    person.sees("It has not run yet.")

    person.clicks("Execute…", role="link")
    person.sees("One run, with these arguments.")
    person.clicks("Execute")
    person.sees("It is submitted; this page follows it.")

    run = TaskExecution.objects.get()
    assert person.is_at() == f"/admin/tasks_app/taskexecution/{run.pk}/change/"
    a_claim(run)
    run.refresh_from_db()
    lifecycle.report_progress(the_claim_on(run), Report(40, "page 4 of 10"), lease=15)
    person.sees("page 4 of 10")
    person.sees("started")

    person.clicks("Cancel…", role="link")
    person.fills(reason="only trying")
    person.clicks("Cancel the run")
    person.sees("It is asked to stop.")
    lifecycle.revoke(the_claim_on(run), Reason.CANCELLED)
    person.sees("A person or program cancelled it.")
    assert Event.objects.get(verb="cancel").reason == "only trying"
    assert not person.errors


def test_a_dialog_is_worked_with_the_keyboard_alone(visit: Visit, root: User) -> None:
    task = a_task(root, name="Wait")
    person = visit(root)
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")

    person.reaches("Execute…", role="link")
    person.presses("Enter")
    person.sees("One run, with these arguments.")
    person.reaches("Execute")
    person.presses("Enter")

    person.sees("It is submitted; this page follows it.")


def test_several_tasks_are_executed_at_once_and_refusals_are_told(visit: Visit, root: User) -> None:
    a_task(root, name="Good")
    a_task(root, name="Gone", celery_task_name="no.such.job")
    person = visit(root)
    person.opens("/admin/tasks_app/task/")

    person.does(lambda page: page.locator("#action-toggle").first.check())
    person.chooses("action", "execute_selected")
    person.does(lambda page: page.locator('button[name="index"]').first.click())

    person.sees("1 executed.")
    person.sees("Gone: No job is called no.such.job.")
    assert TaskExecution.objects.get().task == Task.objects.get(name="Good")
