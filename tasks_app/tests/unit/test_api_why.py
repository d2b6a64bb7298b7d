"""`why/`: of a task, of one of its ticks, of a run."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from tasks_app import services
from tasks_app.services import Actor
from tasks_app.states import Status
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.schedules import a_scheduled_task, look, now, pass_time, ticks, timer_of
from tasks_app.tests.unit.api import Program, assert_refused


def why(user, path: str, **query):
    answer = Program(user).get(f"{path}/why/", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_task_says_why_it_does_not_run(ada):
    task = a_scheduled_task(ada, interval=60)
    services.disable_task(Actor(ada), task, reason="The disk is full.")
    look()

    told = why(ada, f"tasks/{task.pk}")

    assert told.keys() == {"code", "sentence", "evidence", "advice"}
    assert told["code"] == "disabled"
    assert told["sentence"].startswith("The task is disabled: ada")
    assert any("The disk is full." in line for line in told["evidence"])
    assert told["advice"]


def test_a_task_is_asked_by_its_key_too(ada):
    a_task(ada, key="mine")

    assert why(ada, "tasks/mine")["code"] == "never_ran"


def test_a_tick_that_ran_says_so(ada):
    task = a_scheduled_task(ada, interval=60)
    pass_time(60)
    [tick] = ticks()

    told = why(ada, f"tasks/{task.pk}", at=tick.scheduled_for.isoformat())

    assert told == why(ada, f"executions/{tick.pk}")


def test_a_moment_between_two_ticks_is_told_to_be_none(ada):
    task = a_scheduled_task(ada, interval=3600)
    first = timer_of(task).next_fire_at

    moment = (first + timedelta(hours=3, minutes=30)).isoformat()

    assert why(ada, f"tasks/{task.pk}", at=moment)["code"] == "not_a_moment"


def test_a_tick_of_a_task_without_a_schedule_is_told_to_have_none(ada):
    told = why(ada, f"tasks/{a_task(ada).pk}", at=(now() + timedelta(hours=1)).isoformat())

    assert told["code"] == "no_schedule"


def test_a_run_says_why_it_ended(ada):
    run = a_run(Status.FAILURE, owner=ada, reason="error", error="ValueError: no")

    told = why(ada, f"executions/{run.pk}")

    assert told["code"] == "error"
    assert "ValueError: no" in told["sentence"] + " ".join(told["evidence"])


@pytest.mark.parametrize("query", ["at=soon", "at=", "at=1500-01-01T00:00:00Z", "when=now"])
def test_a_bad_moment_is_refused_by_its_name(ada, query):
    wrong = query.partition("=")[0]

    answer = Program(ada).get(f"tasks/{a_task(ada).pk}/why/?{query}")

    assert_refused(answer, 400, "invalid", wrong)


@pytest.mark.parametrize("what", ["task", "execution"])
def test_what_vanishes_while_it_is_asked_about_is_404(ada, monkeypatch, what):
    def vanished(_):
        raise ObjectDoesNotExist

    task = a_task(ada)
    path = {"task": f"tasks/{task.pk}", "execution": f"executions/{a_run(owner=ada).pk}"}[what]
    monkeypatch.setattr("tasks_app.services.explaining.explain", vanished)

    assert_refused(Program(ada).get(f"{path}/why/"), 404, "not_found")
