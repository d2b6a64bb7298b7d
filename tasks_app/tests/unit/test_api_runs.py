"""`/api/v1/tasks/{id}/`: execute, cancel, executions."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tasks_app.models import TaskExecution
from tasks_app.states import Status, Trigger
from tasks_app.tests.runs import a_run, a_task, now_of, told_of
from tasks_app.tests.unit.api import Program, assert_refused


def test_execute_submits_a_run_with_the_tasks_own_arguments(ada):
    task = a_task(ada, args=[7], priority=3)

    answer = Program(ada).post(f"tasks/{task.pk}/execute/")

    assert answer.status_code == 202
    run = TaskExecution.objects.get()
    shown = answer.json()
    assert (shown["id"], shown["task"]) == (str(run.pk), str(task.pk))
    assert (shown["status"], shown["trigger"], shown["triggered_by"]) == ("pending", "api", "ada")
    assert (run.args, run.queue, run.trigger) == ([7], "high_priority", Trigger.API)


def test_execute_needs_no_body_at_all(ada):
    assert Program(ada).send("POST", f"tasks/{a_task(ada).pk}/execute").status_code == 202


def test_execute_takes_other_arguments_priority_and_queue(ada):
    task = a_task(ada)
    body = {"args": [], "kwargs": {"seconds": 2}, "priority": "LOW", "queue": "other"}

    Program(ada).post(f"tasks/{task.pk}/execute/", body)

    run = TaskExecution.objects.get()
    assert (run.args, run.kwargs, run.priority, run.queue) == ([], {"seconds": 2}, 1, "other")


def test_execute_later_by_seconds(ada):
    task = a_task(ada)

    shown = Program(ada).post(f"tasks/{task.pk}/execute/", {"countdown": 60}).json()

    run = TaskExecution.objects.get()
    assert run.run_at - run.created_at == timedelta(seconds=60)
    assert (shown["status"], shown["reason"]) == ("pending", "delayed")
    assert shown["reason_text"] == "It waits for the time it was asked to start at."
    assert datetime.fromisoformat(shown["run_at"]) == run.run_at


def test_execute_later_at_a_time_that_is_utc_unless_it_says_otherwise(ada, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    task = a_task(ada)
    moment = (timezone.now() + timedelta(days=1)).replace(microsecond=0)

    naive = moment.replace(tzinfo=None).isoformat()
    Program(ada).post(f"tasks/{task.pk}/execute/", {"run_at": naive})

    assert TaskExecution.objects.get().run_at == moment


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({"args": [1, 2, 3]}, "args"),
        ({"args": 1}, "args"),
        ({"kwargs": "{}"}, "kwargs"),
        ({"priority": "soon"}, "priority"),
        ({"queue": ""}, "queue"),
        ({"queue": "a\nb"}, "queue"),
        ({"run_at": "tomorrow"}, "run_at"),
        ({"run_at": 5}, "run_at"),
        ({"run_at": "9999-12-31T23:59:59-14:00"}, "run_at"),
        ({"run_at": "2100-01-01"}, "run_at"),
        ({"countdown": -1}, "countdown"),
        ({"countdown": "60"}, "countdown"),
        ({"countdown": True}, "countdown"),
        ({"countdown": 1e300}, "countdown"),
        ({"countdown": 1, "run_at": "2026-01-01"}, "countdown"),
        ({"routing_key": "x"}, "routing_key"),
        ({"serializer": "pickle"}, "serializer"),
        ({"attempt": 5}, "attempt"),
    ],
)
def test_a_bad_order_is_refused_by_its_field_and_nothing_runs(ada, body, wrong):
    task = a_task(ada)

    assert_refused(Program(ada).post(f"tasks/{task.pk}/execute/", body), 400, "invalid", wrong)
    assert not TaskExecution.objects.exists()


def test_cancel_stops_all_live_runs_and_tells_which(ada):
    task = a_task(ada)
    waiting, running = a_run(task=task, owner=ada), a_run(Status.STARTED, task=task, owner=ada)

    answer = Program(ada).post(f"tasks/{task.pk}/cancel/")

    assert answer.status_code == 202
    shown = answer.json()
    assert (shown["id"], shown["status"]) == (str(task.pk), "started")
    assert [run["id"] for run in shown["executions"]] == [str(running.pk), str(waiting.pk)]
    assert now_of(waiting).status == Status.REVOKED
    assert now_of(running).cancel_requested_at is not None
    assert told_of(waiting) == told_of(running) == ["cancel"]


def test_cancel_without_a_live_run_is_refused(ada):
    task = a_task(ada)
    ended = a_run(Status.SUCCESS, task=task, owner=ada)

    assert_refused(Program(ada).post(f"tasks/{task.pk}/cancel/"), 409, "no_live_run")
    assert now_of(ended).status == Status.SUCCESS


def test_cancel_takes_no_fields(ada):
    task = a_task(ada)
    waiting = a_run(task=task, owner=ada)

    answer = Program(ada).post(f"tasks/{task.pk}/cancel/", {"force": True})

    assert_refused(answer, 400, "invalid", "force")
    assert now_of(waiting).status == Status.PENDING


def test_the_runs_of_a_task_are_listed_newest_first(ada):
    task = a_task(ada)
    first, second = (a_run(Status.SUCCESS, task=task, owner=ada) for _ in range(2))
    a_run(task=a_task(ada), owner=ada)

    rows = Program(ada).get(f"tasks/{task.pk}/executions/").json()["results"]

    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]


def test_the_runs_of_a_task_are_filtered_and_cut(ada):
    task = a_task(ada)
    failed = [a_run(Status.FAILURE, task=task, owner=ada) for _ in range(2)]
    a_run(Status.SUCCESS, task=task, owner=ada)

    page = Program(ada).get(f"tasks/{task.pk}/executions/", status="failed", limit=1).json()

    assert [row["id"] for row in page["results"]] == [str(failed[1].pk)]
    assert "status=failed" in page["next"]
    assert "skip=1" in page["next"]
