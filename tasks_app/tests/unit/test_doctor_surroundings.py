"""What is wrong around the work: database, broker, clocks, settings, disk."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from tasks_app import broker
from tasks_app.models import Beat, Control
from tasks_app.reporting.diagnosing import clocks, configuration, space
from tasks_app.reporting.diagnosing.broker import look as broker_look
from tasks_app.tests.ageing import age
from tasks_app.tests.unit.examined import FACTS, make_well, only, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def well(monkeypatch):
    return make_well(monkeypatch)


def test_migrations_that_are_not_applied(monkeypatch):
    plan = [(SimpleNamespace(app_label="tasks_app", name="0099_next"), False)]
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: plan
    )

    only("error", "database", "tasks_app.0099_next")


def test_a_missing_control_row():
    Control.objects.all().delete()

    assert "error database: The control row is missing: no beat will start." in wrong()


def test_sqlite_on_several_hosts():
    Beat.objects.create(name="elsewhere@3", pid=3)
    Beat.objects.update(swept_at=Beat.objects.get(pid=3).seen_at)

    if connection.vendor == "sqlite":
        only("warning", "database", "elsewhere")
    else:
        assert wrong() == []


def test_a_broker_that_is_away(monkeypatch):
    def refuse():
        raise OSError("refused")

    monkeypatch.setattr(broker, "check", refuse)

    only("error", "broker", "does not answer")


@pytest.mark.parametrize(
    "facts, severity, words",
    [
        ({"maxmemory_policy": "allkeys-lru"}, "error", "maxmemory-policy is allkeys-lru"),
        ({"maxmemory": 100 * 2**20, "used_memory": 95 * 2**20}, "warning", "95 MiB of the 100"),
    ],
)
def test_a_broker_that_may_lose_messages(monkeypatch, facts, severity, words):
    monkeypatch.setattr(broker, "facts", lambda: FACTS | facts)

    only(severity, "broker", words)


@pytest.mark.parametrize("aof, told", [(1, "on."), (0, "off, which is fine.")])
def test_whether_the_broker_keeps_what_it_is_told_is_said(monkeypatch, aof, told):
    """A snapshot that never failed proves nothing: it may never have been made."""
    facts = FACTS | {"aof_enabled": aof, "rdb_last_bgsave_status": "ok"}
    monkeypatch.setattr(broker, "facts", lambda: facts)

    [note] = broker_look()

    assert note.sentence == f"The broker is Redis 7.2.4; its append-only file is {told}"


def test_a_slow_broker(monkeypatch):
    moments = iter([0.0, 0.4])
    stopwatch = SimpleNamespace(monotonic=lambda: next(moments))
    monkeypatch.setattr("tasks_app.reporting.diagnosing.broker.time", stopwatch)

    only("warning", "broker", "400 ms")


@pytest.mark.parametrize("seconds, word", [(60, "ahead of"), (-60, "behind")])
def test_a_wrong_clock(monkeypatch, seconds, word):
    there = timezone.now() - timedelta(seconds=seconds)
    monkeypatch.setattr(clocks, "database_time", lambda: there)

    only("warning", "clocks", word)


def test_a_worker_whose_heartbeats_come_late():
    age(12)
    Beat.objects.update(seen_at=timezone.now(), swept_at=timezone.now())

    only("warning", "clocks", "Worker w@here was last heard 12 s ago")


def test_missing_triggers(monkeypatch):
    name = "tasks_app.reporting.diagnosing.schedules.missing_triggers"
    monkeypatch.setattr(name, lambda connection: {"timers_task_made"})

    only("warning", "schedules", "timers_task_made")


def test_settings_that_the_checks_refuse(settings):
    settings.KEEP_LAST_RUNS = -1

    only("error", "settings", "belfry.E014")


def test_debug(settings):
    settings.DEBUG = True

    only("warning", "settings", "DEBUG is on")


def test_two_zones_are_told(settings):
    settings.CELERY_TIMEZONE = "Europe/Paris"

    [told] = configuration.look()

    assert "Europe/Paris" in told.sentence


@pytest.mark.parametrize("gigabytes, severity", [(5, "warning"), (1, "error")])
def test_a_disk_that_is_nearly_full(well, gigabytes, severity):
    well.free = gigabytes * 2**30

    only(severity, "space", "MiB of the disk of")


def test_a_small_database_takes_more_than_nothing(monkeypatch):
    monkeypatch.setattr(space, "_size", lambda: 600_000)

    assert [told.sentence for told in space.look()][-1] == "The database takes 1 MiB."
