"""A task that keeps failing is disabled, by the system and with the reason."""

import pytest

from tasks_app import services
from tasks_app.models import Event
from tasks_app.scheduling.disabling import disable_failing
from tasks_app.services import Actor
from tasks_app.tests.runs import a_run
from tasks_app.tests.schedules import a_scheduled_task, look, outcomes, pass_time, timer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, disable_after_failures=2)


def runs(task, *words):
    for word in words:
        a_run(word, task=task, error="out of powder" if word == "failure" else "")


def is_enabled(task):
    task.refresh_from_db()
    return task.enabled


def test_after_so_many_failures_in_a_row_its_schedule_starts_it_no_more(task):
    runs(task, "failure", "failure")

    assert disable_failing() == 1

    look()
    pass_time(600)
    assert not is_enabled(task)
    assert (outcomes(), timer_of(task).next_fire_at) == ([], None)


def test_who_disabled_it_and_why_is_told(task):
    runs(task, "failure", "failure")

    disable_failing()

    event = Event.objects.filter(subject_id=task.pk).order_by("-at").first()
    assert (event.door, event.user_name, event.verb) == ("system", "system", "update")
    assert (event.before, event.after) == ({"enabled": True}, {"enabled": False})
    assert event.reason == "2 failures in a row; the last: out of powder"


@pytest.mark.parametrize(
    "words",
    [
        ["failure"],
        ["failure", "failure", "success"],
        ["failure", "success", "failure"],
        ["failure", "revoked", "failure"],
    ],
)
def test_fewer_in_a_row_change_nothing(task, words):
    runs(task, *words)

    assert disable_failing() == 0
    assert is_enabled(task)


def test_skipped_ticks_are_no_part_of_the_row(task):
    runs(task, "failure", "skipped", "failure", "skipped")

    assert disable_failing() == 1


def test_a_task_that_asked_for_nothing_is_left_alone(ada):
    runs(a_scheduled_task(ada), "failure", "failure", "failure")

    assert disable_failing() == 0


def test_enabling_it_again_starts_from_nothing(task, ada):
    runs(task, "failure", "failure")
    disable_failing()

    services.enable_task(Actor(ada), task)

    assert disable_failing() == 0
    runs(task, "failure")
    assert disable_failing() == 0
    runs(task, "failure")
    assert disable_failing() == 1


def test_looking_costs_one_question_while_nothing_fails(task, django_assert_num_queries):
    runs(task, "success")

    with django_assert_num_queries(1):
        disable_failing()
