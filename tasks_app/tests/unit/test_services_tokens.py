"""Making, finding and revoking tokens, and what the audit trail says of it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from tasks_app.exceptions import Invalid, NotFound
from tasks_app.models import ApiToken, Event
from tasks_app.services import (
    Actor,
    create_token,
    get_token,
    get_tokens,
    revoke_token,
)
from tasks_app.states import Trigger
from tasks_app.tests.unit.api import Program

A_WEEK = timedelta(days=7)


def a_token(user: User, **fields) -> ApiToken:
    made, _ = create_token(Actor(user), lifetime=A_WEEK, **fields)
    return made


def trail() -> str:
    return json.dumps(list(Event.objects.values()), default=str)


def test_a_token_opens_the_door_as_its_user_until_it_expires(ada):
    made, secret = create_token(Actor(ada), name="import", lifetime=A_WEEK, dialect="001")

    made.refresh_from_db()
    assert (made.user, made.name, made.dialect, made.last_used_at) == (ada, "import", "001", None)
    assert made.expiry - timezone.now() == pytest.approx(A_WEEK, abs=timedelta(minutes=1))
    assert secret.startswith(made.token_key)
    me = Program(Authorization=f"Bearer {secret}").get("auth/me/").json()
    assert me["username"] == "ada"


def test_making_and_revoking_are_in_the_audit_trail_without_the_token(ada):
    actor = Actor(ada, Trigger.API, "request-1")
    made, secret = create_token(actor, name="import", lifetime=A_WEEK)
    revoke_token(actor, made, "leaked")

    created, revoked = Event.objects.order_by("at", "id")
    assert (created.verb, created.subject, created.subject_id) == ("create", "token", made.pk)
    assert created.after == {
        "name": "import",
        "user": "ada",
        "dialect": "",
        "begins_with": made.token_key,
        "days": 7,
    }
    assert (revoked.verb, revoked.reason, revoked.before["name"]) == ("revoke", "leaked", "import")
    assert {created.request_id, revoked.request_id} == {"request-1"}
    assert secret not in trail()
    assert made.digest not in trail()


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", "n" * 101),
        ("name", "a\x00b"),
        ("lifetime", timedelta(hours=23)),
        ("lifetime", timedelta(days=3651)),
        ("dialect", "003"),
    ],
)
def test_values_that_no_token_may_have_are_refused_by_field(ada, field, value):
    with pytest.raises(Invalid) as refused:
        create_token(Actor(ada), **{"lifetime": A_WEEK, field: value})

    assert list(refused.value.errors) == [field]
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", [1, 3650])
def test_the_shortest_and_the_longest_life_are_accepted(ada, days):
    create_token(Actor(ada), lifetime=timedelta(days=days), name="n" * 100)


def test_only_a_superuser_makes_tokens_for_others(ada, bob, root):
    with pytest.raises(Invalid) as refused:
        create_token(Actor(ada), user=bob, lifetime=A_WEEK)
    assert list(refused.value.errors) == ["user"]

    made, _ = create_token(Actor(root), user=bob, lifetime=A_WEEK)

    assert made.user == bob
    event = Event.objects.get()
    assert (event.user, event.after["user"]) == (root, "bob")


def test_a_user_who_may_not_sign_in_gets_none(root, ada):
    ada.is_active = False
    ada.save()

    with pytest.raises(Invalid, match="ada is not active"):
        create_token(Actor(root), user=ada, lifetime=A_WEEK)


def test_everybody_sees_their_own_and_a_superuser_all_newest_first(ada, bob, root):
    first, second, foreign = a_token(ada), a_token(ada), a_token(bob)

    assert list(get_tokens(Actor(ada))) == [second, first]
    assert list(get_tokens(Actor(root))) == [foreign, second, first]
    assert list(get_tokens(Actor(root), skip=1, limit=1)) == [second]
    assert get_token(Actor(root), str(foreign.pk)) == foreign


def test_a_foreign_token_does_not_exist(ada, bob):
    foreign = a_token(bob)

    for name in (foreign.pk, uuid4(), "no-id", foreign.digest):
        with pytest.raises(NotFound):
            get_token(Actor(ada), name)
    with pytest.raises(NotFound):
        revoke_token(Actor(ada), foreign)
    assert get_token(Actor(bob), foreign.pk)


def test_a_superuser_revokes_anybodys(root, ada):
    revoke_token(Actor(root), a_token(ada))

    assert not ApiToken.objects.exists()
    assert Event.objects.get(verb="revoke").user == root


def test_a_token_is_revoked_once(ada):
    made = a_token(ada)
    revoke_token(Actor(ada), made)

    with pytest.raises(NotFound):
        revoke_token(Actor(ada), made)
    assert Event.objects.filter(verb="revoke").count() == 1


def test_without_its_entry_in_the_trail_nothing_happens(ada, monkeypatch):
    made = a_token(ada)

    def refuse(*_, **__):
        raise RuntimeError("no trail")

    monkeypatch.setattr(Actor, "note", refuse)
    with pytest.raises(RuntimeError):
        revoke_token(Actor(ada), made)
    with pytest.raises(RuntimeError):
        create_token(Actor(ada), lifetime=A_WEEK)

    assert list(ApiToken.objects.all()) == [made]


def test_nothing_that_is_stored_holds_the_token(ada):
    _, secret = create_token(Actor(ada), lifetime=A_WEEK)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM api_tokens")
        assert secret not in str(cursor.fetchall())
