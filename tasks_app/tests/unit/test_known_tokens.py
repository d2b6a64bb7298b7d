"""What a process remembers of tokens: for half a second, and no longer."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone
from knox.crypto import hash_token

from tasks_app.api import known_tokens as module
from tasks_app.api.known_tokens import KnownTokens
from tasks_app.models import ApiToken
from tasks_app.services import Actor, revoke_token
from tasks_app.tests.unit.api import Program, assert_refused


class Clock:
    """The time of this process, moved by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def token(ada: User) -> ApiToken:
    """A token that was used a moment ago, so that nothing is due to be noted."""
    made: ApiToken = ApiToken.objects.create(ada, last_used_at=timezone.now())[0]
    return made


def test_a_busy_client_costs_one_query_each_half_second(ada, clock, django_assert_num_queries):
    program = Program(ada)

    with django_assert_num_queries(1):
        for _ in range(5):
            clock.now += 0.09
            assert program.get("auth/me/").status_code == 200
    clock.now += 0.2
    with django_assert_num_queries(1):
        program.get("auth/me/")


def test_a_revoked_token_is_dead_within_a_second_in_another_process(token, clock):
    here, elsewhere = KnownTokens(), KnownTokens()
    assert here.find(token.digest)
    assert elsewhere.find(token.digest)

    ApiToken.objects.all().delete()
    here.forget(token.digest)

    assert here.find(token.digest) is None
    clock.now += 0.99
    assert elsewhere.find(token.digest) is None


def test_the_process_that_revokes_forgets_at_once(ada, django_capture_on_commit_callbacks):
    program = Program(ada)
    assert program.get("auth/me/").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        revoke_token(Actor(ada), ApiToken.objects.get())

    assert_refused(program.get("auth/me/"), 401, "authentication_failed")


@pytest.mark.parametrize(
    "change",
    [
        lambda token: User.objects.update(is_active=False),
        lambda token: ApiToken.objects.update(expiry=Now() - timedelta(seconds=1)),
        lambda token: User.objects.all().delete(),
    ],
    ids=["user deactivated", "expired", "user deleted"],
)
def test_what_is_no_longer_valid_is_dead_within_a_second(token, clock, change):
    known = KnownTokens()
    assert known.find(token.digest)

    change(token)
    clock.now += 0.99

    assert known.find(token.digest) is None


def test_a_question_that_took_long_is_remembered_from_its_beginning(token, clock, monkeypatch):
    known, look_up = KnownTokens(), module._look_up

    def slowly(digest: str) -> ApiToken | None:
        found = look_up(digest)
        clock.now += 0.6
        return found

    monkeypatch.setattr(module, "_look_up", slowly)
    assert known.find(token.digest)
    ApiToken.objects.all().delete()

    assert known.find(token.digest) is None


def test_one_that_is_revoked_while_it_is_looked_up_does_not_come_back(token, clock, monkeypatch):
    known, look_up = KnownTokens(), module._look_up

    def overtaken(digest: str) -> ApiToken | None:
        found = look_up(digest)
        ApiToken.objects.all().delete()
        known.forget(digest)
        return found

    monkeypatch.setattr(module, "_look_up", overtaken)
    known.find(token.digest)
    monkeypatch.setattr(module, "_look_up", look_up)

    assert known.find(token.digest) is None


def test_an_unknown_token_is_not_remembered(ada, clock):
    known, secret = KnownTokens(), "belfry_" + "1" * 64
    assert known.find(hash_token(secret)) is None

    ApiToken.objects.bulk_create([ApiToken(user=ada, digest=hash_token(secret), token_key="b")])

    assert known.find(hash_token(secret))


def test_what_is_remembered_is_bounded_and_the_oldest_goes_first(ada, clock, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    known = KnownTokens()
    digests = [ApiToken.objects.create(ada)[0].digest for _ in range(3)]
    for digest in digests:
        known.find(digest)

    ApiToken.objects.all().delete()

    assert [known.find(digest) is not None for digest in reversed(digests)] == [True, True, False]


def test_many_threads_share_it(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "_look_up", lambda digest: SimpleNamespace(digest=digest))
    known = KnownTokens()

    def ask(number: int) -> bool:
        digest = str(number % 7)
        if number % 5 == 0:
            known.forget(digest)
        found = known.find(digest)
        return found is not None and found.digest == digest

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(3000)))


def test_the_first_use_is_noted(ada, clock):
    made, _ = ApiToken.objects.create(ada)

    KnownTokens().find(made.digest)

    made.refresh_from_db()
    assert timezone.now() - made.last_used_at < timedelta(minutes=1)


@pytest.mark.parametrize("age, noted", [(50, False), (61, True)])
def test_use_is_noted_at_most_once_a_minute(token, clock, age, noted):
    before = timezone.now() - timedelta(seconds=age)
    ApiToken.objects.update(last_used_at=before)

    KnownTokens().find(token.digest)

    token.refresh_from_db()
    assert (token.last_used_at != before) is noted


def test_a_use_that_another_process_noted_meanwhile_stays(token):
    before = timezone.now() - timedelta(seconds=5)
    ApiToken.objects.update(last_used_at=before)

    token.note_use()

    token.refresh_from_db()
    assert token.last_used_at == before


def test_a_use_that_cannot_be_noted_fails_no_request(ada, clock, monkeypatch, caplog):
    _, secret = ApiToken.objects.create(ada)

    def refuse(_: ApiToken) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(ApiToken, "note_use", refuse)
    with caplog.at_level(logging.WARNING):
        answer = Program(Authorization=f"Bearer {secret}").get("auth/me/")

    assert answer.status_code == 200
    assert "database is locked" in caplog.text
    assert secret not in caplog.text
