"""Servers and links can be hurt, and are whole again afterwards."""

import threading
import time
from pathlib import Path
from random import Random

import psycopg
import pytest

from tasks_app.tests.faults.proxy import Link, Proxy
from tasks_app.tests.faults.tables import Postgres
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.servers.postgresql import PostgreSQL, a_postgresql, find_programs
from tasks_app.tests.system import eventually

pytestmark = pytest.mark.postgresql
SOON = 0.3


@pytest.fixture(scope="module")
def server():
    """A server of this file's own, with a table of numbers."""
    with a_postgresql(find_programs()) as server:
        with server.connect("postgres") as connection:
            connection.execute("CREATE DATABASE belfry")
        with server.connect() as connection:
            connection.execute("CREATE TABLE numbers (n integer)")
        yield server


@pytest.fixture
def link(server: PostgreSQL):
    with Proxy() as proxy:
        yield proxy.link(server.socket)


def connect(server: PostgreSQL, link: Link) -> psycopg.Connection:
    """A session by way of the link, as a process of an installation has it."""
    url = Postgres(server).url_over(link)
    return psycopg.connect(url, autocommit=True, connect_timeout=2)


def count(server: PostgreSQL) -> int:
    with server.connect() as connection:
        return int(connection.execute("SELECT count(*) FROM numbers").fetchone()[0])


def test_a_link_passes_everything(server, link):
    with connect(server, link) as connection:
        many = connection.execute("SELECT repeat('x', 1000) FROM generate_series(1, 500)")
        assert len(many.fetchall()) == 500


INSERT = "INSERT INTO numbers VALUES (1)"


@pytest.mark.parametrize("statements", [[INSERT], ["BEGIN", INSERT, "COMMIT"]])
def test_the_answer_to_a_commit_is_swallowed_and_the_commit_stands(server, link, statements):
    before = count(server)
    link.swallow_commits(1)
    with connect(server, link) as connection:
        for statement in statements[:-1]:
            connection.execute(statement)
        with pytest.raises(psycopg.OperationalError):
            connection.execute(statements[-1])

    assert (count(server), link.swallowed) == (before + 1, 1)
    with connect(server, link) as connection:
        connection.execute(INSERT)


def test_only_the_answers_that_are_meant_are_swallowed(server, link):
    link.swallow_commits(1, after=b"VALUES (99)")

    with connect(server, link) as connection:
        connection.execute("INSERT INTO numbers VALUES (98)")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("INSERT INTO numbers VALUES (99)")


def test_a_link_that_is_cut_takes_new_connections(server, link):
    with connect(server, link) as connection:
        link.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    connect(server, link).close()


def test_a_link_that_refuses_takes_none_until_it_is_healed(server, link):
    link.refuses = True
    with pytest.raises(psycopg.OperationalError):
        connect(server, link)

    link.heal()

    connect(server, link).close()


def test_a_black_hole_answers_nothing_and_its_connections_are_gone_when_it_is_healed(server, link):
    with connect(server, link) as connection:
        link.holds = True
        healer = threading.Timer(SOON, link.heal)
        began = time.monotonic()
        healer.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        healer.join()
    assert time.monotonic() - began > SOON / 2


def test_a_slow_link_is_late(server, link):
    with connect(server, link) as connection:
        link.delay = SOON / 2
        began = time.monotonic()
        connection.execute("SELECT 1")
    assert time.monotonic() - began >= SOON


def test_an_immediate_stop_keeps_what_was_committed(server):
    before = count(server)
    with server.connect() as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("INSERT INTO numbers VALUES (1)")
    server.stop(immediate=True)
    with pytest.raises(psycopg.OperationalError):
        server.connect()

    server.start()

    assert count(server) == before + 1


def test_a_frozen_server_answers_when_it_is_thawed(server):
    with server.connect() as connection:
        server.freeze()
        healer = threading.Timer(SOON, server.thaw)
        began = time.monotonic()
        healer.start()
        connection.execute("SELECT 1")
        healer.join()
    assert time.monotonic() - began > SOON / 2


def test_sessions_are_terminated(server):
    with server.connect() as one, server.connect() as other:
        # The processes of sessions that tests before this one closed may still be there.
        eventually(lambda: _sessions(server) == 2)
        assert server.terminate_sessions(0.5, choose=Random(1)) == 1
        survivors = [session for session in (one, other) if _lives(session)]
        assert len(survivors) == 1


def _sessions(server: PostgreSQL) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'belfry'"
    with server.connect("postgres") as connection:
        return int(connection.execute(asked).fetchone()[0])


def _lives(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def test_a_forgetful_broker_comes_back_empty(tmp_path: Path):
    broker = Broker(tmp_path, forgetful=True)
    broker.start()
    try:
        broker.client.lpush("default", "message")
        broker.kill()
        broker.start()
        assert broker.client.llen("default") == 0
    finally:
        broker.stop()
