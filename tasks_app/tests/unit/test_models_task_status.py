"""A task's status is that of the run it is known by."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tasks_app.models import Task
from tasks_app.states import LIVE, Status
from tasks_app.tests.runs import a_run, a_task

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def task(ada):
    return a_task(ada)


def known_by(task):
    """The status, and the run that it comes from."""
    task = Task.objects.with_status().get(pk=task.pk)
    return task.status, task.current_id


def runs_of(task, *statuses):
    """Runs in these states, the oldest first."""
    last = len(statuses)
    return [
        a_run(status, task=task, created_at=Now() - (last - place) * HOUR)
        for place, status in enumerate(statuses)
    ]


def test_a_task_that_never_ran_is_pending(task):
    a_run(Status.SUCCESS)

    assert known_by(task) == (Status.PENDING, None)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.SKIPPED])
def test_its_only_run_speaks_for_it(task, status):
    [run] = runs_of(task, status)

    assert known_by(task) == (status, run.pk)


@pytest.mark.parametrize("live", LIVE)
def test_a_live_run_goes_before_a_newer_one_that_has_ended(task, live):
    run, _ = runs_of(task, live, Status.SUCCESS)

    assert known_by(task) == (live, run.pk)


def test_of_live_runs_the_newest_speaks(task):
    _, run = runs_of(task, Status.STARTED, Status.PENDING)

    assert known_by(task) == (Status.PENDING, run.pk)


def test_of_ended_runs_the_newest_that_was_not_skipped_speaks(task):
    _, run, _ = runs_of(task, Status.SUCCESS, Status.FAILURE, Status.SKIPPED)

    assert known_by(task) == (Status.FAILURE, run.pk)


def test_skipped_runs_alone_say_nothing(task):
    runs_of(task, Status.SKIPPED)

    assert known_by(task) == (Status.PENDING, None)


def test_new_is_what_the_database_wrote_last_whatever_the_id_says(task):
    newest, _ = a_run(task=task), a_run(Status.STARTED, task=task, created_at=Now() - HOUR)

    assert known_by(task) == (Status.PENDING, newest.pk)


def test_tasks_are_filtered_by_the_status_they_are_known_by(task, ada):
    runs_of(task, Status.STARTED, Status.SUCCESS)
    tasks = Task.objects.with_status()

    assert list(tasks.in_status(Status.STARTED)) == [task]
    assert not tasks.in_status(Status.SUCCESS).exists()
