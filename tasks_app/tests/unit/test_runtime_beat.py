"""Beat itself: what it checks at start, how long it sleeps, and that no error ends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from config import celery_app
from tasks_app.models import Beat, Control
from tasks_app.registry import PRUNING
from tasks_app.runtime.beat import REST_AFTER_ERROR, DueScheduler
from tasks_app.scheduling.tick import Fired
from tasks_app.tests.ageing import age
from tasks_app.tests.schedules import a_clocked, a_schedule, look, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def beat(monkeypatch, settings):
    """A scheduler without its threads; what would be rung is kept."""
    monkeypatch.setattr(DueScheduler, "_make_sweepers", lambda self: [])
    monkeypatch.setattr("tasks_app.runtime.ringer.Ringer.start", lambda self: None)
    monkeypatch.setattr("tasks_app.runtime.ringer.Ringer.finish", lambda self, within: None)
    monkeypatch.setitem(celery_app.conf, "result_expires", None)
    settings.RETENTION_DAYS = {}

    def made(**options):
        scheduler: Any = DueScheduler(celery_app, **options)
        scheduler.rung = []
        scheduler._ringer.follow = scheduler.rung.append
        return scheduler

    return made


def test_it_sleeps_half_a_second_at_most_so_that_an_edit_is_seen_soon(beat):
    a_schedule(every=3600)
    look()

    assert beat().tick() == 0.5


def test_it_sleeps_until_the_next_moment_if_that_is_sooner(beat):
    a_schedule(every=3600)
    look()
    age(3570)

    assert 0 < beat(max_interval=60).tick() <= 30


def test_max_interval_of_the_command_line_is_honoured(beat):
    assert beat(max_interval=3).tick() == 3


def test_after_it_fired_it_looks_again_at_once_and_the_bells_ring_beside_it(beat):
    a_schedule()
    look()
    age(60)
    scheduler = beat()

    assert scheduler.tick() == 0
    assert outcomes() == ["pending"]
    [fired] = scheduler.rung
    assert isinstance(fired, Fired)
    assert len(fired.bells) == 1


def test_a_database_that_is_away_does_not_end_it(beat, monkeypatch):
    def away():
        raise OperationalError("no route")

    scheduler = beat()
    monkeypatch.setattr("tasks_app.runtime.beat.look_ahead", away)
    monkeypatch.setattr("django.db.connection.close", lambda: None)

    assert scheduler.tick() == REST_AFTER_ERROR


def test_it_tells_its_lag(beat):
    a_schedule()
    look()
    age(65)
    scheduler = beat()
    scheduler.tick()

    scheduler._alive()

    assert Beat.objects.get().lag == pytest.approx(5, abs=1)


def test_one_whose_turns_hang_is_not_called_alive(beat):
    scheduler = beat()
    age(60)
    scheduler._turned_at -= timedelta(minutes=1).total_seconds()

    scheduler._alive()
    scheduler._swept()

    assert not Beat.objects.alive().exists()


def test_it_writes_down_the_entries_of_beat_schedule(beat, monkeypatch, settings):
    from django_celery_beat.models import PeriodicTask

    entry = {"task": "some.job", "schedule": 60.0}
    monkeypatch.setitem(celery_app.conf, "beat_schedule", {"from code": entry})
    monkeypatch.setitem(celery_app.conf, "result_expires", timedelta(days=1))
    settings.RETENTION_DAYS = {"success": 30}

    beat()

    names = set(PeriodicTask.objects.values_list("name", flat=True))
    assert names == {"from code", "celery.backend_cleanup", PRUNING}
    assert PeriodicTask.objects.get(name=PRUNING).queue == "low_priority"


def test_without_its_control_row_it_does_not_start(beat):
    Control.objects.all().delete()

    with pytest.raises(ImproperlyConfigured, match=r"manage\.py migrate"):
        beat()


def test_an_idle_look_costs_one_question(beat, django_assert_num_queries):
    a_schedule(every=3600)
    look()
    scheduler = beat()

    with django_assert_num_queries(1):
        scheduler.turn()


def test_a_batch_costs_the_same_however_many_are_due(beat, django_assert_max_num_queries):
    for number in range(30):
        a_schedule(f"number {number}")
    look()
    age(60)
    scheduler = beat()

    with django_assert_max_num_queries(12):
        scheduler.turn()
    assert len(outcomes()) == 30


def test_one_that_was_told_to_sleep_long_is_alive_while_it_sleeps(beat):
    scheduler = beat(max_interval=60)
    scheduler.tick()
    age(60)
    scheduler._turned_at -= 30

    scheduler._alive()
    scheduler._swept()

    assert Beat.objects.alive().exists()


def test_a_moment_that_nobody_was_to_keep_is_no_lag(beat):
    a_clocked(datetime(2020, 1, 1, tzinfo=UTC))
    scheduler = beat()

    scheduler.tick()
    scheduler.tick()

    assert (outcomes(), scheduler._lag) == (["missed"], 0)
