"""What the doctor finds on PostgreSQL only."""

import psycopg
import pytest
from django.db import connection

from tasks_app.models import Worker
from tasks_app.reporting.diagnosing import postgresql

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


def wrong():
    return [finding.sentence for finding in postgresql.look() if finding.is_wrong]


@pytest.fixture
def durable(monkeypatch):
    """The tests' own server is fast and forgetful."""
    monkeypatch.setattr(postgresql, "_durability", lambda: iter(()))


def test_a_server_that_forgets_is_told():
    told = wrong()

    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert any(sentence.startswith(f"{name} is off") for sentence in told)


def test_nothing_else_is_wrong_with_it(durable):
    assert wrong() == []


def test_a_standby_cannot_be_written_to(monkeypatch):
    monkeypatch.setattr(postgresql, "_value", lambda question: "recovery" in question)

    [sentence] = wrong()
    assert "standby" in sentence


def test_more_processes_than_connections(durable):
    Worker.objects.create(hostname="w@here", pid=1, concurrency=1000)

    [sentence] = wrong()
    assert "need up to 2002" in sentence


@pytest.mark.parametrize(
    "statement, words",
    [("SELECT 1", "is idle in a transaction"), (None, "is open for")],
)
def test_transactions_that_stay_open(durable, monkeypatch, statement, words):
    monkeypatch.setattr(postgresql, "LONG_IDLE", -1 if statement else 10**6)
    monkeypatch.setattr(postgresql, "LONG_TRANSACTION", -1)
    settings = connection.get_connection_params()
    known = {key: settings[key] for key in ("host", "dbname", "user") if settings.get(key)}
    with psycopg.connect(**known) as other:
        other.execute("SELECT 1")
        pid = other.info.backend_pid

        told = [sentence for sentence in wrong() if str(pid) in sentence]

    assert len(told) == 1
    assert words in told[0]


def test_a_table_that_is_mostly_dead_rows(durable, monkeypatch):
    monkeypatch.setattr(
        postgresql,
        "_rows",
        lambda question, parameters=None: (
            [("attempts", 10, 200_000)] if "n_dead_tup" in question else [("100",)]
        ),
    )

    [finding] = list(postgresql._bloat())
    assert "attempts has 200,000 dead rows" in finding.sentence
    assert "VACUUM (ANALYZE) attempts" in finding.advice
