"""Signing in with a name and a password, and out with the token."""

import json
import logging
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tasks_app.exceptions import BadCredentials, NoTokenInUse
from tasks_app.models import ApiToken, Event
from tasks_app.services import Actor, sign_in, sign_out
from tasks_app.states import Trigger

PASSWORD = "ada's password"


def test_signing_in_makes_a_token_for_two_weeks(ada):
    token, secret = sign_in("ada", PASSWORD, "request-1")

    assert (token.user, token.name, token.dialect) == (ada, "login", "")
    two_weeks = timedelta(days=14)
    assert token.expiry - timezone.now() == pytest.approx(two_weeks, abs=timedelta(minutes=1))
    assert secret.startswith("belfry_")
    ada.refresh_from_db()
    assert ada.last_login


def test_a_sign_in_is_one_entry_of_the_trail(ada):
    token, _ = sign_in("ada", PASSWORD, "request-1")

    event = Event.objects.get()
    assert (event.verb, event.subject, event.subject_id) == ("sign_in", "token", token.pk)
    assert (event.user, event.door, event.request_id) == (ada, Trigger.API, "request-1")


def refusal_of(username: str, password: str) -> str:
    with pytest.raises(BadCredentials) as refused:
        sign_in(username, password)
    return str(refused.value)


def test_an_unknown_user_a_wrong_password_and_a_deactivated_user_are_refused_alike(ada, bob):
    bob.is_active = False
    bob.save()

    told = {
        refusal_of("eve", PASSWORD),
        refusal_of("ada", "wrong"),
        refusal_of("ada", ""),
        refusal_of("ADA", PASSWORD),
        refusal_of("bob", "bob's password"),
    }

    assert len(told) == 1
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("active, reason", [(True, "wrong"), (False, "not active")])
def test_a_refusal_of_a_known_user_is_in_the_trail(ada, active, reason):
    ada.is_active = active
    ada.save()

    refusal_of("ada", "wrong")

    event = Event.objects.get()
    assert (event.verb, event.subject, event.user) == ("sign_in_refused", "user", ada)
    assert event.subject_id == UUID(int=ada.pk)
    assert event.reason.startswith(reason)


def test_an_unknown_name_leaves_no_trace(db):
    refusal_of("eve", PASSWORD)

    assert not Event.objects.exists()


def test_neither_password_nor_token_is_written_anywhere(ada, caplog):
    with caplog.at_level(logging.DEBUG):
        _, secret = sign_in("ada", PASSWORD)
        refusal_of("ada", "another secret")

    written = caplog.text + json.dumps(list(Event.objects.values()), default=str)
    for hidden in (secret, PASSWORD, "another secret"):
        assert hidden not in written


def test_signing_out_revokes_the_token_that_was_used(ada):
    token, _ = sign_in("ada", PASSWORD)
    other, _ = sign_in("ada", PASSWORD)

    sign_out(Actor(ada), token)

    assert list(ApiToken.objects.all()) == [other]
    assert Event.objects.get(verb="sign_out").subject_id == token.pk


def test_a_session_has_no_token_to_sign_out(ada):
    with pytest.raises(NoTokenInUse, match="session"):
        sign_out(Actor(ada), None)
