"""`/api/v1/tasks/{id}/`: skip, unskip."""

from datetime import datetime, timedelta

import pytest

from tasks_app.models import Skip
from tasks_app.tests.runs import a_task, told_of
from tasks_app.tests.schedules import a_scheduled_task, outcomes, pass_time, timer_of
from tasks_app.tests.unit.api import Program, assert_refused


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, interval=60)


def first_of(task) -> datetime:
    return timer_of(task).next_fire_at


def skip(user, task, **body):
    return Program(user).post(f"tasks/{task.pk}/skip/", body)


def unskip(user, task, **body):
    return Program(user).post(f"tasks/{task.pk}/unskip/", body)


def test_a_tick_that_was_put_aside_is_skipped_and_the_next_one_runs(ada, task):
    at = first_of(task).isoformat()

    answer = skip(ada, task, at=at, reason="Public holiday.")

    assert answer.status_code == 200
    assert answer.json() == {
        "at": at.replace("+00:00", "Z"),
        "skipped": True,
        "skip_reason": "Public holiday.",
    }
    [coming, *_] = Program(ada).get(f"tasks/{task.pk}/upcoming/").json()["results"]
    assert (coming["skipped"], coming["skip_reason"]) == (True, "Public holiday.")
    pass_time(60)
    pass_time(60)
    assert outcomes() == ["by_person", "pending"]


def test_skipping_once_more_changes_nothing_and_tells_the_first_reason(ada, task):
    at = first_of(task).isoformat()
    skip(ada, task, at=at, reason="first")

    again = skip(ada, task, at=at, reason="second")

    assert (again.status_code, again.json()["skip_reason"]) == (200, "first")
    assert Skip.objects.count() == 1
    assert told_of(task).count("skip_tick") == 1


def test_a_tick_runs_after_all_once_its_skip_is_taken_back(ada, task):
    at = first_of(task).isoformat()
    skip(ada, task, at=at)

    answer = unskip(ada, task, at=at, reason="It is no holiday.")

    assert answer.status_code == 200
    assert answer.json()["skipped"] is False
    pass_time(60)
    assert outcomes() == ["pending"]


def test_taking_back_what_was_not_put_aside_changes_nothing(ada, task):
    answer = unskip(ada, task, at=first_of(task).isoformat())

    assert (answer.status_code, answer.json()["skipped"]) == (200, False)
    assert "unskip_tick" not in told_of(task)


def test_a_moment_that_is_no_tick_is_refused_with_the_nearest_ones(ada, task):
    first = first_of(task)

    answer = skip(ada, task, at=(first + timedelta(seconds=1)).isoformat())

    assert_refused(answer, 409, "no_such_tick")
    assert f"{first:%H:%M:%S} UTC" in answer.json()["detail"]
    assert not Skip.objects.exists()


def test_a_task_without_a_schedule_has_no_tick_to_skip(ada):
    answer = skip(ada, a_task(ada), at="2100-01-01T00:00:00Z")

    assert_refused(answer, 409, "not_scheduled")


@pytest.mark.parametrize("verb", [skip, unskip])
@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"at": 5}, "at"),
        ({"at": None}, "at"),
        ({"at": "1500-01-01T00:00:00Z"}, "at"),
        ({"at": "2100-01-01T00:00:00Z", "reason": "x" * 1001}, "reason"),
        ({"at": "2100-01-01T00:00:00Z", "reason": 5}, "reason"),
        ({"at": "2100-01-01T00:00:00Z", "count": 2}, "count"),
    ],
)
def test_a_bad_body_is_refused_by_its_field(ada, task, verb, body, wrong):
    assert_refused(verb(ada, task, **body), 400, "invalid", wrong)
    assert not Skip.objects.exists()
