"""A process that freezes inside a transaction loses its locks: PostgreSQL ends the session."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.time_outs import with_time_outs
from tasks_app import lifecycle, registry
from tasks_app.lifecycle import Failing, statements
from tasks_app.models.connection import steady
from tasks_app.runtime import spool, words
from tasks_app.runtime.delivering import deliver_spooled
from tasks_app.states import OnLost, Reason, Status
from tasks_app.tests.runs import a_claim, a_run, now_of, the_claim_on

BEAT = ["/opt/.venv/lib/python3/site-packages/celery/__main__.py", "-A", "config", "beat"]
WEB = ["/opt/.venv/bin/gunicorn", "config.wsgi"]
WORKER = [BEAT[0], "-A", "config", "worker"]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "arguments, told",
    [
        (BEAT, {"statement": "60s", "idle_in_transaction_session": "5s", "lock": "5s"}),
        (WEB, {"statement": "60s", "idle_in_transaction_session": "30s", "lock": "10s"}),
        (WORKER, None),
        (["manage.py", "migrate"], None),
        (["manage.py", "up"], None),
    ],
    ids=["beat", "web", "worker", "migrate", "up"],
)
def test_each_kind_of_process_has_its_time_outs(arguments, told):
    options = with_time_outs({"connect_timeout": 5}, arguments)

    assert options.pop("connect_timeout") == 5
    bounds = [f"-c {name}_timeout={bound}" for name, bound in (told or {}).items()]
    assert options == ({"options": " ".join(bounds)} if bounds else {})


def test_what_the_address_of_the_database_says_wins():
    options = with_time_outs({"options": "-c lock_timeout=1s"}, BEAT)

    assert options["options"].endswith("-c lock_timeout=5s -c lock_timeout=1s")


def test_a_test_has_none():
    assert "options" not in with_time_outs({}, sys.argv)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_server_takes_them():
    with psycopg.connect(**with_time_outs(_address(), BEAT)) as session:
        assert session.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("5s",)
        assert session.execute("SHOW lock_timeout").fetchone() == ("5s",)


WORDS = {
    "fail": lambda claim: lifecycle.fail(claim, Reason.ERROR, Failing("it broke")),
    "retry": lambda claim: lifecycle.retry(claim, 5, Failing("it broke")),
    "revoke": lambda claim: lifecycle.revoke(claim, Reason.CANCELLED),
    "lose": lifecycle.lose,
    "give_back": lifecycle.give_back,
    "succeed_and_pass_on": lambda claim: lifecycle.succeed_and_pass_on(claim, 1, 1),
}


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("word", list(WORDS.values()), ids=list(WORDS))
def test_a_word_of_a_worker_stands_still_for_seconds_only(word):
    assert word(a_claim(a_run()))

    assert bound() == statements.STANDSTILL


@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_a_job_says_in_its_own_transaction_leaves_that_alone():
    claim = a_claim(a_run())

    lifecycle.renew([claim], lease=15)
    lifecycle.report_progress(claim, lifecycle.Report(5), lease=15)
    lifecycle.save_checkpoint(claim, {}, lease=15)

    assert bound() == "0"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_lasts_no_longer_than_the_transaction():
    with transaction.atomic():
        lifecycle.fail(a_claim(a_run()), Reason.ERROR, Failing("it broke"))

    assert bound() == "0"


def bound():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        return cursor.fetchone()[0]


def freeze():
    """Stand still until the server has ended this session, which it does by the word's bound."""
    assert bound() == statements.STANDSTILL
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '200ms'")
    own = connection.connection.info.backend_pid
    with psycopg.connect(**_address(), autocommit=True) as other:
        lives = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        while other.execute(lives, [own]).fetchone():
            other.execute("SELECT pg_sleep(0.05)")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_child_that_froze_in_its_last_word_keeps_no_run_from_the_reaper():
    run = a_run(Status.STARTED, on_lost=OnLost.FAIL, lease_until=NOON - timedelta(seconds=1))

    def speak():
        with transaction.atomic():
            lifecycle.fail(the_claim_on(run), Reason.ERROR, Failing("it broke"))
            freeze()
            with ThreadPoolExecutor(1) as reapers:
                assert reapers.submit(_reap_elsewhere).result(10) == [run.pk]

    with pytest.raises(InternalError, match="idle-in-transaction"):
        speak()

    assert now_of(run).reason == Reason.LOST


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_child_that_thaws_says_its_word_once_more():
    run = a_run()
    claim = a_claim(run)
    pauses = [freeze]

    def speak():
        with transaction.atomic():
            counts = lifecycle.fail(claim, Reason.ERROR, Failing("it broke"))
            if pauses:
                pauses.pop()()
        return counts

    assert steady(speak, patience=60)

    assert (now_of(run).status, pauses) == (Status.FAILURE, [])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_that_thaws_too_late_finds_the_database_away():
    claim = a_claim(a_run())

    def speak():
        with transaction.atomic():
            lifecycle.fail(claim, Reason.ERROR, Failing("it broke"))
            freeze()

    with pytest.raises(OperationalError):
        steady(speak, patience=0.1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_froze_delivering_a_kept_success_makes_no_failure_of_it(
    monkeypatch, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    pauses = [freeze]
    monkeypatch.setattr(registry, "what_follows", lambda *_: pauses and pauses.pop()())
    run = a_run(envelope={"link": [{"task": "next"}]})
    spool.put(words.success_to_pass_on(a_claim(run), 3, 3))

    deliver_spooled()
    assert (now_of(run).status, pauses) == (Status.STARTED, [])
    deliver_spooled()

    assert (now_of(run).status, now_of(run).result) == (Status.SUCCESS, 3)


@pytest.mark.django_db(transaction=True)
def test_the_happy_path_is_one_statement_and_asks_for_no_bound():
    claim = a_claim(a_run())

    with CaptureQueriesContext(connection) as queries:
        assert lifecycle.succeed([(claim, "done")])

    assert len(queries) == 1
    assert "set_config" not in queries[0]["sql"]


def _reap_elsewhere():
    try:
        return lifecycle.reap(NOON)
    finally:
        connection.close()


def _address():
    own = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return {name: own[name] for name in names if own.get(name)}
