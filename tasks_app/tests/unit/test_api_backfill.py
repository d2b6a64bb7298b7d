"""`/api/v1/tasks/{id}/`: backfill, cancel_backfill."""

from itertools import pairwise

import pytest

from tasks_app.models import TaskExecution
from tasks_app.states import Trigger
from tasks_app.tests.runs import a_run, a_task, now_of, told_of
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.api import Program, assert_refused

DAY = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, crontab="0 */6 * * *")


def backfill(user, task, **body):
    return Program(user).post(f"tasks/{task.pk}/backfill/", body)


def cancel(user, task, **body):
    return Program(user).post(f"tasks/{task.pk}/cancel_backfill/", body)


def test_a_dry_run_counts_and_starts_nothing(ada, task):
    answer = backfill(ada, task, **DAY, dry_run=True)

    assert answer.status_code == 200
    assert answer.json() == {
        "count": 4,
        "first": "2026-01-01T00:00:00Z",
        "last": "2026-01-01T18:00:00Z",
        "most": 1000,
    }
    assert not TaskExecution.objects.exists()


def test_a_backfill_runs_every_tick_of_the_range_one_after_the_other(ada, task):
    answer = backfill(ada, task, **DAY, reason="The report was wrong.")

    assert answer.status_code == 202
    told = answer.json()
    assert told["count"] == len(told["executions"]) == TaskExecution.objects.count() == 4
    assert [run["scheduled_for"][11:13] for run in told["executions"]] == ["00", "06", "12", "18"]
    assert [run["reason"] for run in told["executions"]] == ["", *["buffered"] * 3]
    first, *others = told["executions"]
    assert (first["trigger"], first["triggered_by"]) == ("backfill", "ada")
    assert {run["run_at"] for run in others} == {None}
    assert "backfill" in told_of(task)


def test_a_backfill_at_once_spreads_its_starts(ada, task):
    told = backfill(ada, task, **DAY, order="at_once", pace=60).json()

    assert [run["reason"] for run in told["executions"]] == ["delayed"] * 4
    moments = [run.run_at for run in TaskExecution.objects.order_by("run_at")]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert gaps == [60, 60, 60]


def test_a_range_without_ticks_starts_nothing(ada, task):
    answer = backfill(ada, task, start="2026-01-01T00:01:00Z", end="2026-01-01T00:02:00Z")

    assert (answer.status_code, answer.json()) == (202, {"count": 0, "executions": []})


def test_a_backfill_costs_the_same_queries_however_many_runs_it_answers(
    ada, task, django_assert_max_num_queries
):
    program = Program(ada)
    path = f"tasks/{task.pk}/backfill/"

    with django_assert_max_num_queries(20):
        answer = program.post(path, {**DAY, "end": "2026-01-11T00:00:00Z"})

    assert answer.json()["count"] == 40


def test_a_range_with_too_many_ticks_is_refused_with_their_number(ada, task):
    answer = backfill(ada, task, start="2020-01-01T00:00:00Z", end="2026-01-01T00:00:00Z")

    assert_refused(answer, 409, "too_many_ticks")
    assert not TaskExecution.objects.exists()


def test_a_task_without_a_schedule_has_no_ticks_to_run(ada):
    assert_refused(backfill(ada, a_task(ada), **DAY), 409, "not_scheduled")


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, ["start", "end"]),
        ({"start": "2026-01-01T00:00:00Z"}, ["end"]),
        ({"start": "then", "end": "2026-01-01T00:00:00Z"}, ["start"]),
        ({**DAY, "end": DAY["start"]}, ["end"]),
        ({**DAY, "end": "2100-01-01T00:00:00Z"}, ["end"]),
        ({**DAY, "order": "backwards"}, ["order"]),
        ({**DAY, "order": "at_once", "pace": -1}, ["pace"]),
        ({**DAY, "order": "at_once", "pace": "60"}, ["pace"]),
        ({**DAY, "order": "at_once", "pace": 1e9}, ["pace"]),
        ({**DAY, "pace": 60}, ["pace"]),
        ({**DAY, "dry_run": "yes"}, ["dry_run"]),
        ({**DAY, "reason": "x" * 1001}, ["reason"]),
        ({**DAY, "limit": 5}, ["limit"]),
    ],
)
def test_a_bad_backfill_is_refused_by_its_field_and_nothing_runs(ada, task, body, wrong):
    assert_refused(backfill(ada, task, **body), 400, "invalid", *wrong)
    assert not TaskExecution.objects.exists()


def test_cancelling_a_backfill_stops_its_runs_and_no_other(ada, task):
    own = a_run(task=task, owner=ada, trigger=Trigger.API)
    backfill(ada, task, **DAY)

    answer = cancel(ada, task, reason="The wrong range.")

    assert (answer.status_code, answer.json()) == (202, {"count": 4})
    runs = TaskExecution.objects.filter(trigger=Trigger.BACKFILL)
    assert {run.status for run in runs} == {"revoked"}
    assert now_of(own).status == "pending"


def test_cancelling_when_nothing_is_left_stops_nothing(ada, task):
    assert cancel(ada, task).json() == {"count": 0}


def test_a_bad_cancel_is_refused_by_its_field(ada, task):
    assert_refused(cancel(ada, task, force=True), 400, "invalid", "force")
