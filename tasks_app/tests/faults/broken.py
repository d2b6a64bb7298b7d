"""The pieces that mutants put in the place of the product's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Now

from tasks_app.lifecycle import ticks
from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.statements import execute
from tasks_app.models import Attempt, TaskExecution
from tasks_app.models.prunable_runs import OldRun
from tasks_app.models.single_rows import insert
from tasks_app.models.unique_keys import NO_KEYS, UniqueKeys
from tasks_app.states import LIVE, WAITING, OnLost, Status

__all__ = ["LIVE"]

HELD_BY_ANYBODY = f"task_executions.id = given.id AND status = '{Status.STARTED}'"
WAITING_OR_REVOKED = (*WAITING, Status.REVOKED)
AGAIN_FOR_EVER = f"on_lost = '{OnLost.RETRY}'"
FOR_EVER = timedelta(days=36_500)
OLD = timedelta(days=1)


def nothing(*_: object) -> int:
    """Instead of something that is done."""
    return 0


def always(*_: object) -> bool:
    return True


def no_rows(*_: object) -> list[TaskExecution]:
    return []


def no_lock() -> str:
    return ""


def no_keys(*_: object) -> UniqueKeys:
    return NO_KEYS


def renew_nothing(claims: Sequence[Claim], *, lease: float) -> dict[UUID, bool]:
    """Say that all is well, and write nothing."""
    return {claim.id: False for claim in claims}


def insert_after_the_commit(row: models.Model) -> None:
    """As many do who call a broker from a hook; an error there spoils no answer."""
    transaction.on_commit(lambda: insert(row), robust=True)


def execute_without_an_end(sql: str, *rest: Any, **more: Any) -> list[TaskExecution]:
    """A claim that takes back the end of what it starts."""
    return execute(sql.replace("reason = '',", "reason = '', finished_at = NULL,"), *rest, **more)


_insert_ticks = ticks._insert


def insert_ticks_without_their_key(given: Sequence[ticks.Tick], **_: bool) -> set[UUID]:
    """Without a word of what may exist already."""
    return _insert_ticks(given, with_keys=True)


def all_that_is_old(_: object) -> Iterator[tuple[Status, list[OldRun]]]:
    """By age, and by nothing else."""
    old = TaskExecution.objects.filter(created_at__lt=Now() - OLD)
    yield (
        Status.SUCCESS,
        [OldRun(row.pk, row.task_id, row.created_at, False, False) for row in old],
    )


def delete_whatever_it_is(runs: Sequence[OldRun]) -> int:
    ids = [run.pk for run in runs]
    Attempt.objects.filter(execution__in=ids).delete()
    TaskExecution.objects.among(ids)._raw_delete(connection.alias)
    return len(ids)


@contextmanager
def without_constraint(name: str) -> Iterator[None]:
    """Take a constraint of the ledger away; what it forbids is deleted before it comes back."""
    found = [each for each in TaskExecution._meta.constraints if each.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(TaskExecution, found[0])
    try:
        yield
    finally:
        TaskExecution.objects.all()._raw_delete(connection.alias)
        with connection.schema_editor() as editor:
            editor.add_constraint(TaskExecution, found[0])
