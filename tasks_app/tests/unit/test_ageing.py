"""Time moves by ageing: every moment of the ledger grows older, and nothing else changes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tasks_app.models import Control, Event, TaskExecution, Worker
from tasks_app.tests.ageing import age

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_run_is_older_by_exactly_that_much():
    made = TaskExecution.objects.create(celery_task_name="job", trigger="code")
    made.refresh_from_db()

    age(seconds=3600)

    aged = TaskExecution.objects.get()
    assert (made.created_at - aged.created_at, made.run_at - aged.run_at) == (HOUR, HOUR)
    assert aged.started_at is None


def test_a_living_worker_is_silent_when_its_heartbeats_are_old():
    Worker.objects.heard_from("worker@here", pid=1)
    assert Worker.objects.alive().exists()

    age(seconds=16)

    assert not Worker.objects.alive().exists()


def test_the_watch_of_the_reapers_ages_with_what_they_watch():
    Control.objects.update(last_watch_at="2026-01-01T12:00Z", watched_since="2026-01-01T11:00Z")

    age(seconds=3600)

    watch = Control.objects.get()
    assert (watch.last_watch_at.hour, watch.watched_since.hour) == (11, 10)


def test_the_audit_trail_is_left_alone():
    event = Event.objects.create(door="code", verb="edit", subject="task", subject_id=uuid4())
    event.refresh_from_db()

    age(seconds=3600)

    assert Event.objects.get().at == event.at
