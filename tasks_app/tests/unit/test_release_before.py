"""While an installation is upgraded, processes of the release before work beside new ones."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, Model
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.states import WAITING, OnLost, Status, Trigger
from tasks_app.tests.ageing import age
from tasks_app.tests.reaping import reap
from tasks_app.tests.runs import JOB, LEASE, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db
# The last migration of that release.
BEFORE = "0005_tokens_with_dialect_and_last_use"


@pytest.fixture(scope="module")
def old() -> Any:
    """The ledger as that release knows it: its columns, and none of the newer ones."""
    state = MigrationLoader(None).project_state([("tasks_app", BEFORE)])
    return state.apps.get_model("tasks_app", "TaskExecution")._default_manager


def submitted_by(old: Any, **columns: Any) -> Model:
    run: Model = old.create(
        id=uuid4(), celery_task_name=JOB, trigger=Trigger.API, published_count=1, **columns
    )
    return run


def claimed_by(old: Any, run: Any) -> Claim | None:
    """As that release wrote its claim."""
    claim = Claim(run.pk, uuid4())
    moved = old.filter(pk=run.pk, status__in=WAITING, run_at__lte=Now()).update(
        status=Status.STARTED,
        reason="",
        lease_until=Now() + timedelta(seconds=LEASE),
        started_at=Now(),
        attempt=F("attempt") + 1,
        claim_token=claim.token,
        worker="old@host",
        pid=1,
        code_version="old",
        progress=0,
    )
    return claim if moved else None


def test_the_release_before_knows_none_of_the_newer_columns(old):
    columns = {field.column for field in old.model._meta.concrete_fields}

    assert "unique_key" not in columns
    assert "published_epoch" in columns


def test_what_an_old_web_submits_a_new_worker_runs(old):
    run = submitted_by(old)
    claim = Claim(run.pk, uuid4())

    [row] = lifecycle.claim([claim], worker="new@host", pid=1, lease=LEASE)

    assert (row.retry_on, row.fail_on, row.cancel_grace) == (None, None, None)
    assert lifecycle.succeed([(claim, 7)]) == {run.pk}


def test_what_a_new_web_submits_an_old_worker_runs(old):
    run = a_run()

    claim = claimed_by(old, run)

    assert claim
    moved = old.filter(pk=run.pk, claim_token=claim.token, status=Status.STARTED).update(
        status=Status.SUCCESS, result=7, finished_at=Now(), lease_until=None, progress=100
    )
    assert moved == 1
    assert now_of(run).result == 7


def test_an_old_and_a_new_worker_do_not_both_start_a_run(old):
    first, second = a_run(), submitted_by(old)

    a_claim(first)
    assert not claimed_by(old, first)

    assert claimed_by(old, second)
    assert not lifecycle.claim([Claim(second.pk, uuid4())], worker="w@here", pid=1, lease=LEASE)


def test_a_new_reaper_decides_what_an_old_worker_left(old):
    run = submitted_by(old, on_lost=OnLost.RETRY)
    claimed_by(old, run)
    for _ in range(6):
        age(4)
        reap()

    row = TaskExecution.objects.get(pk=run.pk)
    assert (row.status, row.worker_deaths) == (Status.RETRY, 1)
    assert row.attempts.get().worker == "old@host"


def test_an_old_relay_may_mark_what_it_rings(old):
    run = a_run(published_at=None)

    old.filter(pk=run.pk).update(
        published_at=Now(), published_epoch="old", published_count=F("published_count") + 1
    )

    assert TaskExecution.objects.sent().filter(pk=run.pk).exists()
    assert connection.vendor in ("postgresql", "sqlite")
