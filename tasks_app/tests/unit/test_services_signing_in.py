"""Signing in with a name and a password, and out with the token."""

import json
import logging
from datetime import timedelta

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


@pytest.mark.parametrize("is_active", [True, False])
def test_a_refusal_does_the_same_for_known_and_unknown_names(
    ada, is_active, django_assert_num_queries
):
    ada.is_active = is_active
    ada.save()

    # Django looks for the user, and hashes the password whether there is one or not.
    for name in ("ada", "eve"):
        with django_assert_num_queries(1) as asked:
            refusal_of(name, "wrong")
        assert asked[0]["sql"].startswith("SELECT")

    assert not Event.objects.exists()


def test_a_refusal_is_one_line_that_a_name_cannot_break(db, caplog):
    refusal_of("eve\n\x1b[2J\u202e" + "é" * 200, "a secret")

    [line] = caplog.records
    told = "eve\\n\\x1b[2J\\u202e" + "é" * (100 - len("eve\n\x1b[2J\u202e"))
    assert line.getMessage() == f"sign-in refused: name='{told}' request=-"
    assert line.levelname == "WARNING"


def test_signing_in_clears_away_ones_own_expired_sign_ins(ada, bob):
    over = {"expiry": -timedelta(seconds=1)}
    kept = {
        ApiToken.objects.create(ada, name="import", **over)[0],
        ApiToken.objects.create(ada, name="login")[0],
        ApiToken.objects.create(bob, name="login", **over)[0],
    }
    ApiToken.objects.create(ada, name="login", **over)

    token, _ = sign_in("ada", PASSWORD)

    assert {*ApiToken.objects.all()} == kept | {token}


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
