"""Who sees and does what in the admin."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from tasks_app.models import Task, TaskExecution
from tasks_app.states import Status
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator

pytestmark = pytest.mark.django_db


def test_a_stranger_is_led_to_the_login() -> None:
    answer = Client().get(f"{ROOT}/task/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


def test_staff_without_permissions_see_nothing(ada: User) -> None:
    ada.is_staff = True
    ada.save()
    own = a_task(ada)

    staff = Staff(ada)

    for path in ("/task/", "/taskexecution/", f"/task/{own.pk}/change/", "/worker/"):
        assert staff.client.get(ROOT + path).status_code == 403


def test_an_operator_sees_their_own_and_nobody_elses(ada: User) -> None:
    operator = an_operator("olga")
    own, foreign = a_task(operator, name="Own"), a_task(ada, name="Foreign")
    a_run(task=own, owner=operator)
    a_run(task=foreign, owner=ada)
    staff = Staff(operator)

    assert "Foreign" not in staff.reads("/task/") + staff.reads("/taskexecution/")
    assert "Own" in staff.reads("/task/")


def test_a_strangers_row_does_not_exist(ada: User) -> None:
    staff = Staff(an_operator("olga"))
    task = a_task(ada)
    run = a_run(Status.STARTED, task=task, owner=ada)

    for path in (f"/task/{task.pk}/change/", f"/taskexecution/{run.pk}/change/"):
        # Django's admin leads to its start with a message, as for an id that never was.
        assert staff.client.get(ROOT + path).headers["Location"] == "/admin/"
    for verb, row in (("execute", task), ("cancel", task), ("toggle", task), ("cancel", run)):
        staff.does(verb, row, args="[1]", kwargs="{}", countdown="0")
    staff.changes(task, name="Mine now")
    staff.client.post(f"{ROOT}/task/{task.pk}/delete/", {"post": "yes"})

    task.refresh_from_db()
    run.refresh_from_db()
    assert (task.name, task.enabled, task.version) == ("a task", True, 1)
    assert run.cancel_requested_at is None
    assert TaskExecution.objects.count() == 1


def test_who_may_only_look_changes_nothing(ada: User) -> None:
    viewer = an_operator("vera", "view_task")
    task = a_task(viewer)
    staff = Staff(viewer)

    answers = [staff.does(verb, task) for verb in ("execute", "cancel", "toggle")]
    answers += [staff.adds(), staff.changes(task, name="New")]

    assert {answer.status_code for answer in answers} == {403}
    assert Task.objects.get().name == "a task"


def test_pages_that_would_mislead_are_not_there() -> None:
    registered = {model._meta.label for model in admin.site._registry}

    assert registered == {
        "auth.Group",
        "auth.User",
        "django_celery_beat.ClockedSchedule",
        "django_celery_beat.CrontabSchedule",
        "django_celery_beat.IntervalSchedule",
        "django_celery_beat.PeriodicTask",
        "django_celery_beat.SolarSchedule",
        "tasks_app.ApiToken",
        "tasks_app.Beat",
        "tasks_app.Task",
        "tasks_app.TaskExecution",
        "tasks_app.Worker",
    }
