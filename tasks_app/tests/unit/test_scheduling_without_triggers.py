"""Triggers are missing: after a migration, because somebody dropped them, or may not make them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management.sql import emit_pre_migrate_signal
from django.db import connection, models
from django.db.migrations import Migration
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from config import celery_app
from tasks_app.models import Beat, Task, Timer
from tasks_app.models.preparation import prepare_database
from tasks_app.models.timer import STALE
from tasks_app.models.timer_triggers import NAMES, SCHEDULES, missing_triggers
from tasks_app.runtime import beat
from tasks_app.runtime.beat import DueScheduler
from tasks_app.scheduling import comparing
from tasks_app.scheduling.comparing import Comparing, repair_timers
from tasks_app.tests.schedules import a_crontab, a_schedule, look, now, pass_time, ticks, timer_of
from tasks_app.tests.system import eventually

real_transactions = pytest.mark.django_db(transaction=True)
NEW_YEAR = datetime(2100, 1, 1, tzinfo=UTC)
TO_EACH_MINUTE = """UPDATE django_celery_beat_crontabschedule
    SET minute = '*/1', hour = '*', day_of_month = '*', month_of_year = '*'"""


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def altered_table(request):
    """A migration has altered a field of a table; SQLite rebuilds the table for that."""
    model, name = request.param
    field: Any = model._meta.get_field(name)
    altered = models.CharField(max_length=500, default="")
    altered.set_attributes_from_name(name)
    altered.model = model
    _migrate(model, field, altered)
    yield
    _migrate(model, altered, field)
    prepare_database("default")


def _migrate(model, old, new):
    """What `migrate` does before its last signal."""
    plan = [(Migration("altered", "tasks_app"), False)]
    emit_pre_migrate_signal(0, interactive=False, db="default", plan=plan)
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new)


def make_all_new_by_migrating():
    prepare_database("default")


def make_all_new_by_starting_beat():
    DueScheduler(celery_app).close()


@real_transactions
@pytest.mark.parametrize(
    "altered_table",
    [(PeriodicTask, "description"), (CrontabSchedule, "minute"), (Task, "description")],
    ids=["schedules", "crontabs", "tasks"],
    indirect=True,
)
@pytest.mark.parametrize("repair", [make_all_new_by_migrating, make_all_new_by_starting_beat])
def test_edits_are_seen_again_after_a_migration(altered_table, repair):
    schedule = a_crontab("0 0 1 1 *")
    repair()
    look()
    sql(TO_EACH_MINUTE)

    look()
    pass_time(60)

    assert schedule.pk in {tick.schedule_id for tick in ticks()}


@pytest.fixture
def no_triggers():
    """Somebody dropped them all."""
    for name, table in NAMES.items():
        on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
        sql(f"DROP TRIGGER {name}{on_table}")
    yield
    prepare_database("default")


@real_transactions
def test_beat_makes_triggers_that_are_missing(no_triggers):
    DueScheduler(celery_app).close()

    assert not missing_triggers(connection)
    assert Beat.objects.get().sees_edits


@real_transactions
@pytest.mark.parametrize("repair", [make_all_new_by_migrating, make_all_new_by_starting_beat])
def test_an_edit_made_while_triggers_were_missing_is_found_once_they_are_back(no_triggers, repair):
    schedule = a_schedule(every=3600)
    repair_timers()
    look()
    IntervalSchedule.objects.update(every=60)

    repair()
    look()

    assert timer_of(schedule).next_fire_at < now() + timedelta(seconds=61)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_trigger_that_somebody_disabled_is_missing():
    sql(f"ALTER TABLE {SCHEDULES} DISABLE TRIGGER timers_schedule_edited")

    assert missing_triggers(connection) == {"timers_schedule_edited"}


def refuse(_):
    raise PermissionError("must be owner of the table")


@real_transactions
def test_beat_compares_where_it_cannot_make_triggers(no_triggers, monkeypatch, caplog):
    schedule = a_schedule(every=3600)
    repair_timers()
    look()
    monkeypatch.setattr(beat, "make_triggers", refuse)
    monkeypatch.setattr("tasks_app.runtime.sweeps.PAUSE_OF_RELAY", 0.05)

    keeper = DueScheduler(celery_app)
    try:
        IntervalSchedule.objects.update(every=60)
        eventually(lambda: keeper.tick() and due_within_a_minute(schedule), within=5)
    finally:
        keeper.close()

    assert not Beat.objects.get().sees_edits
    assert "must be owner of the table" in caplog.text
    assert "Triggers are missing: timers_clocked_edited" in caplog.text


def due_within_a_minute(schedule):
    next_fire_at = timer_of(schedule).next_fire_at
    return next_fire_at and STALE < next_fire_at <= now() + timedelta(seconds=61)


@pytest.mark.django_db
def test_comparing_comes_to_every_schedule_in_turn(monkeypatch):
    schedules = [a_schedule(f"number {number}") for number in range(3)]
    monkeypatch.setattr(comparing, "SLICE", 2)
    Timer.objects.update(next_fire_at=NEW_YEAR)
    rounds = Comparing()

    marked = []
    for _ in range(4):
        rounds.mark_slice()
        marked.append(
            [number for number, row in enumerate(schedules) if timer_of(row).next_fire_at == STALE]
        )
        Timer.objects.update(next_fire_at=NEW_YEAR)

    assert marked == [[0, 1], [2], [], [0, 1]]


@pytest.mark.django_db
def test_comparing_moves_nothing_that_was_not_edited():
    schedule = a_schedule(every=60)
    look()
    planned_for = timer_of(schedule).planned_for

    Comparing().mark_slice()
    look()

    assert timer_of(schedule).next_fire_at == planned_for
