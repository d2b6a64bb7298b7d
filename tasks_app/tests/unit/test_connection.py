"""Moves outlive a broken connection, as long as nothing of the caller's is lost with it."""

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from tasks_app import lifecycle
from tasks_app.lifecycle import Claim
from tasks_app.models.connection import steady
from tasks_app.tests.runs import LEASE, a_run, a_zombie_on, now_of


class Failing:
    """Answers only after so many failures."""

    def __init__(self, failures, error=OperationalError):
        self.calls, self.failures, self.error = 0, failures, error

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("the database is away")
        return "answer"


@pytest.mark.django_db(transaction=True)
def test_a_move_is_repeated_until_the_database_answers():
    move = Failing(2)

    assert steady(move, patience=5) == "answer"
    assert move.calls == 3


@pytest.mark.django_db(transaction=True)
def test_patience_ends():
    move = Failing(1000)

    with pytest.raises(OperationalError, match="away"):
        steady(move, patience=0.12)

    assert 2 <= move.calls <= 3


@pytest.mark.django_db(transaction=True)
def test_a_mistake_is_not_repeated():
    move = Failing(1, DatabaseError)

    with pytest.raises(DatabaseError):
        steady(move, patience=5)

    assert move.calls == 1


@pytest.mark.django_db
def test_inside_a_transaction_errors_pass():
    move = Failing(1)

    with pytest.raises(OperationalError), transaction.atomic():
        steady(move, patience=5)

    assert move.calls == 1


@pytest.mark.django_db(transaction=True)
def test_autocommit_that_a_job_left_off_does_not_hide_what_follows():
    run = a_run()
    connection.set_autocommit(False)

    steady(lambda: lifecycle.refuse(run.pk, "no"), patience=1)
    connection.close()

    assert now_of(run).error == "no"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_killed_connection_costs_nothing():
    run = a_run()
    kill_the_connection()
    claim = Claim(run.pk, a_zombie_on(run).token)

    [started] = steady(lambda: lifecycle.claim([claim], worker="w", pid=1, lease=LEASE), patience=5)

    assert started.attempt == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_claim_that_was_committed_unseen_is_proven_and_counted_once():
    run = a_run()
    claim = Claim(run.pk, a_zombie_on(run).token)
    answers = []

    def claim_and_lose_the_first_answer():
        rows = lifecycle.claim([claim], worker="w", pid=1, lease=LEASE)
        answers.append(rows)
        if len(answers) == 1:
            kill_the_connection()
            now_of(run)
        return rows

    [proven] = steady(claim_and_lose_the_first_answer, patience=5)

    assert len(answers) == 2
    assert (proven.attempt, now_of(run).attempt) == (1, 1)


def kill_the_connection():
    """As a restart of the server would, behind the back of this process."""
    with connection.copy().cursor() as other, connection.cursor() as mine:
        mine.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", mine.fetchone())
        other.close()
        other.db.close()
