"""Ordinary Celery code does here what it does on plain Celery, and each call leaves its row."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining import explain
from tasks_app.tests.ordinary.both_sides import (
    Told,
    an_ordinary_system,
    comparable,
    run_on_ours,
)
from tasks_app.tests.ordinary.overheard import Overheard, body_of
from tasks_app.tests.servers.broker import Broker

EMPTY = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@dataclass
class Here:
    """What the scenarios left behind: outcomes and marks, and the messages they caused."""

    told: Told
    messages: list[dict[str, Any]]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of the usual one: rows stay for the whole module, which only reads them."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, db: None, broker: Broker) -> Here:
    """What Belfry makes of them."""
    folder, user = tmp_path_factory.mktemp("ours"), User.objects.create_user("ada")
    with an_ordinary_system(folder, broker, user) as system, Overheard(broker) as overheard:
        told = run_on_ours(system)
    return Here(told, overheard.messages)


def test_each_scenario_ends_as_on_plain_celery(plain: Told, here: Here) -> None:
    assert len(plain.outcomes) > 40
    assert plain.differences(here.told) == {}


def test_each_job_did_outside_what_it_does_on_plain_celery(plain: Told, here: Here) -> None:
    assert here.told.words == plain.words


def test_each_call_has_its_row_with_its_arguments(plain: Told, here: Here) -> None:
    # Each once: a retry is delivered again under the same id. What never began is not told.
    calls = {call[0]: call[1:] for call in plain.calls}.values()
    rows = TaskExecution.objects.values_list("celery_task_name", "args", "kwargs")
    # Plain Celery calls this one inside the process where a job failed.
    others = rows.exclude(celery_task_name__endswith="on_error_new_style")

    assert _counted(others.exclude(attempt=0)) == _counted(
        call for call in calls if not _is_celerys_own(call[0])
    )
    assert {args[0] for _, args, _ in rows.filter(attempt=0)} == {"expired", "revoked"}
    assert set(TaskExecution.objects.values_list("trigger", flat=True)) == {"code"}


def test_each_row_has_ended_and_says_why(here: Here) -> None:
    rows = TaskExecution.objects.all()

    assert not rows.live().exists()
    assert not [row for row in rows if not explain(row).sentence]
    assert set(rows.exclude(status="success").values_list("status", "reason")) == {
        ("failure", "error"),
        ("failure", "timeout"),
        ("revoked", "cancelled"),
        ("revoked", "expired"),
        ("revoked", "ignored"),
    }


def test_no_message_carries_what_a_job_was_given_or_when_it_is_due(here: Here) -> None:
    doorbells = [told for told in here.messages if not _is_celerys_own(told["headers"]["task"])]

    assert len(doorbells) >= TaskExecution.objects.exclude(published_at=None).count() > 80
    for doorbell in doorbells:
        headers = doorbell["headers"]
        assert body_of(doorbell) == [[], {}, EMPTY], headers["task"]
        due = [headers[name] for name in ("eta", "expires", "argsrepr", "kwargsrepr")]
        assert not any(due), headers


def _is_celerys_own(job: str) -> bool:
    """`map`, `starmap` and `chunks` call jobs inside one of Celery's own, which stay plain."""
    return job.startswith("celery.")


def _counted(calls: Any) -> Counter[str]:
    return Counter(json.dumps(comparable(list(call)), sort_keys=True) for call in calls)
