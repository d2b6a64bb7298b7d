"""`revoke` is a cancel of the row, whichever way it comes and whether or not a worker hears it."""

import getpass
from typing import Any

import pytest
from celery.app.control import Control
from celery.result import GroupResult
from django.db import transaction

from config import celery_app
from tasks_app.models import Event
from tasks_app.states import Status
from tasks_app.tests.runs import a_run, now_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the workers are told."""
    heard: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        Control,
        "broadcast",
        lambda self, command, arguments=None, *args, **kwargs: heard.append((command, arguments)),
    )
    return heard


WAYS = {
    "AsyncResult.revoke": lambda run: celery_app.AsyncResult(str(run.pk)).revoke(),
    "control.revoke": lambda run: celery_app.control.revoke(str(run.pk)),
    "control.revoke of a UUID": lambda run: celery_app.control.revoke(run.pk),
    "control.revoke of several": lambda run: celery_app.control.revoke([str(run.pk), "mine"]),
    "control.terminate": lambda run: celery_app.control.terminate(str(run.pk)),
    "celery control revoke": lambda run: celery_app.control.broadcast(
        "revoke", arguments={"task_id": [str(run.pk)]}, reply=True
    ),
    "GroupResult.revoke": lambda run: GroupResult(
        "group", [celery_app.AsyncResult(str(run.pk))]
    ).revoke(),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_every_way_to_revoke_cancels_the_row(way: str, told: list[Any]) -> None:
    run = a_run()

    WAYS[way](run)

    assert (now_of(run).status, now_of(run).reason) == ("revoked", "cancelled")


def test_a_running_one_is_asked_to_stop(told: list[Any]) -> None:
    run = a_run(Status.STARTED)

    celery_app.control.revoke(str(run.pk))

    assert now_of(run).status == "started"
    assert now_of(run).cancel_requested_at


def test_the_audit_trail_says_whose_process_asked(told: list[Any]) -> None:
    run = a_run()

    celery_app.control.revoke(str(run.pk))

    event = Event.objects.get(subject_id=run.pk)
    assert (event.verb, event.door, event.user) == ("cancel", "code", None)
    assert event.user_name.startswith(f"{getpass.getuser()} (")


def test_a_user_that_has_no_name_is_told_by_its_number(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Containers run as such."""

    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nameless)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    run = a_run()

    celery_app.control.revoke(str(run.pk))

    assert Event.objects.get(subject_id=run.pk).user_name.startswith("user 4711 (")


def test_a_revoke_that_is_repeated_is_noted_once(told: list[Any]) -> None:
    run = a_run(Status.STARTED)

    for _ in range(3):
        celery_app.control.revoke(str(run.pk))

    assert Event.objects.filter(subject_id=run.pk).count() == 1


def test_one_that_is_over_stays_as_it_is(told: list[Any]) -> None:
    run = a_run(Status.SUCCESS)

    celery_app.control.revoke(str(run.pk))

    assert now_of(run).status == "success"
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_when_the_cancel_is_committed(told: list[Any]) -> None:
    run = a_run()

    with transaction.atomic():
        celery_app.control.revoke(str(run.pk))
        assert not told

    assert [command for command, _ in told] == ["revoke"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_does_not_keep_a_run_from_being_cancelled() -> None:
    run = a_run()

    assert celery_app.control.revoke(str(run.pk), reply=True) == []

    assert now_of(run).status == "revoked"


def test_other_commands_go_to_the_workers_as_they_are(told: list[Any]) -> None:
    celery_app.control.rate_limit("some.job", "1/s")

    assert [command for command, _ in told] == ["rate_limit"]
    assert not Event.objects.exists()
