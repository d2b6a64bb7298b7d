"""`/healthz` and `/readyz`."""

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client

from config import celery_app
from tasks_app import services
from tasks_app.models import Alarm, Beat, Worker
from tasks_app.tests.ageing import age


@pytest.fixture
def memory(monkeypatch):
    """A broker that lives in this process."""
    monkeypatch.setattr(celery_app.conf, "broker_url", "memory://")


@pytest.fixture
def processes(db):
    """A worker and a beat that were just heard from."""
    Worker.objects.create(hostname="w@here", pid=1)
    Beat.objects.create(name="beat", pid=2)
    Beat.objects.update(swept_at=Beat.objects.get().seen_at)


def ready(path="/readyz"):
    answer = Client().get(path)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_healthz_needs_neither_login_nor_database(path):
    # No `db` fixture: any statement would fail this test.
    answer = Client().get(path)

    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize("path", ["/readyz", "/readyz/"])
def test_everything_that_answers_is_ready(memory, processes, path):
    age(3)

    status, body = ready(path)

    assert (status, body["ok"]) == (200, True)
    checks = body["checks"]
    assert checks["database"] == {"ok": True, "refused_messages": 0}
    assert checks["broker"] == {"ok": True}
    assert body["alarms"] == {"open": 0, "kinds": []}
    for part in ("worker", "beat"):
        assert (checks[part]["ok"], checks[part]["alive"]) == (True, 1)
        assert checks[part]["seen_seconds_ago"] == pytest.approx(3, abs=1)


def test_it_says_how_many_messages_were_refused(memory, processes):
    services.count_refused_message()

    assert ready()[1]["checks"]["database"]["refused_messages"] == 1


def test_a_broker_that_is_down_is_told_without_its_address(processes):
    status, body = ready()

    assert (status, body["ok"]) == (503, False)
    assert body["checks"]["broker"] == {"ok": False}
    assert body["checks"]["database"]["ok"]


def test_processes_that_fell_silent_are_told_with_the_age_of_their_last_word(memory, processes):
    age(60)

    status, body = ready()

    assert status == 503
    for part in ("worker", "beat"):
        fact = body["checks"][part]
        assert (fact["ok"], fact["alive"]) == (False, 0)
        assert fact["seen_seconds_ago"] == pytest.approx(60, abs=1)


def test_processes_that_never_were_have_no_age(memory, db):
    status, body = ready()

    assert status == 503
    assert body["checks"]["worker"] == {"ok": False, "alive": 0, "seen_seconds_ago": None}


def test_a_beat_that_sweeps_no_more_is_not_ready(memory, processes):
    age(11)
    Beat.objects.update(seen_at=Now())

    status, body = ready()

    assert status == 503
    assert body["checks"]["beat"]["ok"] is False


def test_open_alarms_are_told_by_kind_and_name_nobody(memory, processes):
    for subject in ("one@secret", "two@secret"):
        Alarm.objects.create(kind="worker_silent", subject=subject, sentence=f"{subject} fell")
    Alarm.objects.create(kind="broker_down", ended_at=Now())

    status, body = ready()

    assert (status, body["ok"]) == (200, True)
    assert body["alarms"] == {"open": 2, "kinds": ["worker_silent"]}
    assert "secret" not in str(body)


def test_a_database_that_is_away_is_told_without_its_address(memory, db):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("connection to 10.0.0.7 failed: password")

    with connection.execute_wrapper(refuse):
        status, body = ready()

    assert status == 503
    assert {part for part, fact in body["checks"].items() if fact["ok"]} == {"broker"}
    assert "10.0.0.7" not in str(body)
    assert body["alarms"] == {"open": None, "kinds": []}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_is_done_by_asking(path):
    assert Client().post(path).status_code == 405
