"""The whole table: every verb on a run in every state; and what no row can ever be."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim, Failing, Report
from tasks_app.states import FINAL, LEADS_TO, WAITING, OnLost, Reason, Status
from tasks_app.tests.runs import LEASE, a_run, now_of, row_of, the_claim_on

pytestmark = pytest.mark.django_db
NOBODY = Canceller(None)
ERROR = Failing("it broke")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def start(run):
    lifecycle.claim([Claim(run.pk, uuid4())], worker="w", pid=1, lease=LEASE)


def fall_silent(run):
    type(run).objects.filter(pk=run.pk).running().update(lease_until=NOON - timedelta(seconds=1))
    lifecycle.reap(NOON)


def settle(status):
    return lambda run: lifecycle.settle(run.pk, status, NOBODY, progress=0, result=None, error="")


def only(source, target):
    return {source: target}


def what_waits(target):
    return dict.fromkeys(WAITING, target)


# Each verb, and the edges it takes; in every other state it leaves the run where it is.
VERBS = {
    "claim": (start, what_waits(Status.STARTED)),
    "succeed": (
        lambda run: lifecycle.succeed([(the_claim_on(run), None)]),
        only(Status.STARTED, Status.SUCCESS),
    ),
    "fail": (
        lambda run: lifecycle.fail(the_claim_on(run), Reason.ERROR, ERROR),
        only(Status.STARTED, Status.FAILURE),
    ),
    "revoke": (
        lambda run: lifecycle.revoke(the_claim_on(run), Reason.IGNORED),
        only(Status.STARTED, Status.REVOKED),
    ),
    "retry": (
        lambda run: lifecycle.retry(the_claim_on(run), 0, ERROR),
        only(Status.STARTED, Status.RETRY),
    ),
    "give_back": (
        lambda run: lifecycle.give_back(the_claim_on(run)),
        only(Status.STARTED, Status.PENDING),
    ),
    "unclaim": (
        lambda run: lifecycle.unclaim(the_claim_on(run)),
        only(Status.STARTED, Status.PENDING),
    ),
    "lose": (
        lambda run: lifecycle.lose(the_claim_on(run)),
        only(Status.STARTED, Status.RETRY),
    ),
    "reap": (
        fall_silent,
        only(Status.STARTED, Status.RETRY),
    ),
    "refuse": (
        lambda run: lifecycle.refuse(run.pk, "no such job"),
        what_waits(Status.FAILURE),
    ),
    "cancel": (
        lambda run: lifecycle.cancel([run.pk], NOBODY),
        what_waits(Status.REVOKED),
    ),
    "settle as success": (settle(Status.SUCCESS), only(Status.STARTED, Status.SUCCESS)),
    "settle as failure": (
        settle(Status.FAILURE),
        dict.fromkeys(LEADS_TO, Status.FAILURE),
    ),
    "settle as revoked": (
        settle(Status.REVOKED),
        dict.fromkeys(LEADS_TO, Status.REVOKED),
    ),
    "settle as skipped": (settle(Status.SKIPPED), only(Status.PENDING, Status.SKIPPED)),
    "renew": (lambda run: lifecycle.renew([the_claim_on(run)], lease=LEASE), {}),
    "report_progress": (
        lambda run: lifecycle.report_progress(the_claim_on(run), Report(5), lease=LEASE),
        {},
    ),
    "save_checkpoint": (
        lambda run: lifecycle.save_checkpoint(the_claim_on(run), {"step": 5}, lease=LEASE),
        {},
    ),
    "note_progress": (lambda run: lifecycle.note_progress(run.pk, Report(5)), {}),
}


@pytest.mark.parametrize("source", list(Status))
@pytest.mark.parametrize("name", list(VERBS))
def test_a_verb_takes_its_edges_and_no_other(name, source):
    verb, edges = VERBS[name]
    # The token of its last claim stays with a run in every state.
    run = a_run(source, claim_token=uuid4(), on_lost=OnLost.RETRY)

    verb(run)

    assert now_of(run).status == edges.get(source, source)


def test_the_verbs_take_every_edge_of_the_table_and_no_other():
    taken = {edge for _, edges in VERBS.values() for edge in edges.items()}
    assert taken == {(source, target) for source, aims in LEADS_TO.items() for target in aims}


@pytest.mark.parametrize("name", list(VERBS))
def test_a_run_that_has_ended_is_left_exactly_as_it_is(name):
    verb, _ = VERBS[name]
    for status in FINAL:
        run = a_run(status, on_lost=OnLost.RETRY)
        before = row_of(run)

        verb(run)

        assert row_of(run) == before


IMPOSSIBLE: dict[str, list[tuple[Status, dict[str, Any]]]] = {
    "finished_exactly_when_final": [
        (Status.SUCCESS, {"finished_at": None}),
        (Status.SKIPPED, {"finished_at": None}),
        (Status.PENDING, {"finished_at": Now()}),
        (Status.RETRY, {"finished_at": Now()}),
    ],
    "leased_exactly_when_started": [
        (Status.STARTED, {"lease_until": None}),
        (Status.PENDING, {"lease_until": Now()}),
        (Status.FAILURE, {"lease_until": Now()}),
    ],
    "started_only_by_a_claim": [
        (Status.STARTED, {"claim_token": None}),
        (Status.STARTED, {"started_at": None}),
        (Status.STARTED, {"attempt": 0}),
    ],
    "progress_is_a_percentage": [
        (Status.PENDING, {"progress": -0.1}),
        (Status.PENDING, {"progress": 100.1}),
    ],
}


@pytest.mark.parametrize(
    "rule, status, columns",
    [(rule, *row) for rule, rows in IMPOSSIBLE.items() for row in rows],
)
def test_the_database_refuses_what_cannot_be(rule, status, columns):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        a_run(status, **columns)


def test_a_tick_becomes_one_run():
    every_second = IntervalSchedule.objects.create(every=1, period="seconds")
    schedule = PeriodicTask.objects.create(name="often", task="job", interval=every_second)
    tick = {"schedule": schedule, "scheduled_for": "2026-01-01T00:00Z"}
    a_run(**tick)

    with pytest.raises(IntegrityError), transaction.atomic():
        a_run(**tick)


def test_an_idempotency_key_makes_one_run_for_each_owner(ada, bob):
    a_run(owner=ada, idempotency_key="once")
    a_run(owner=bob, idempotency_key="once")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_run(owner=ada, idempotency_key="once")
