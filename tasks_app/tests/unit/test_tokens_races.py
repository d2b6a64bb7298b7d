"""Tokens where others are at work: two who revoke one, and a transaction around a use."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from tasks_app.api.known_tokens import KnownTokens
from tasks_app.exceptions import NotFound
from tasks_app.models import ApiToken, Event
from tasks_app.services import Actor, revoke_token
from tasks_app.tests.rivals import at_once

pytestmark = pytest.mark.postgresql


def wait_for_rivals(count: int) -> None:
    """Until so many wait for a lock."""
    pause = Signal()
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= count:
                return
        pause.wait(0.01)
    raise AssertionError("Nobody waits.")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_revoke_a_token_one_did(ada: User) -> None:
    made, _ = ApiToken.objects.create(ada)

    def revoke(_: int) -> Any:
        return revoke_token(Actor(ada), made)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ApiToken.objects.select_for_update().get()
            rivals = pool.submit(at_once, revoke, [1, 2])
            wait_for_rivals(2)
        told = rivals.result(10)

    assert sorted(map(str, told)) == sorted(map(str, [None, NotFound]))
    assert Event.objects.filter(verb="revoke").count() == 1


@pytest.mark.django_db
def test_a_use_that_cannot_be_noted_spoils_no_transaction_around_it(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = ApiToken.objects.create(ada)

    def refuse(_: ApiToken) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(ApiToken, "note_use", refuse)

    assert KnownTokens().find(made.digest) == made
    assert User.objects.filter(pk=ada.pk).exists()
