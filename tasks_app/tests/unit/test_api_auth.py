"""`auth/`: signing in and out, who one is, and one's tokens."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tasks_app.models import ApiToken, Event
from tasks_app.tests.unit.api import Program, assert_refused

ADA = {"username": "ada", "password": "ada's password"}
FIELDS = {
    "id",
    "name",
    "user",
    "dialect",
    "begins_with",
    "created_at",
    "expires_at",
    "last_used_at",
}


def with_token(token: str) -> Program:
    return Program(Authorization=f"Bearer {token}")


def logged_in(user, **options) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def test_name_and_password_open_the_door(ada):
    answer = Program().post("auth/login/", ADA)

    told = answer.json()
    assert answer.status_code == 200
    assert told.keys() == FIELDS | {"token"}
    assert (told["name"], told["user"], told["last_used_at"]) == ("login", "ada", None)
    assert told["token"].startswith(told["begins_with"])
    assert with_token(told["token"]).get("tasks/").status_code == 200


def test_signing_in_needs_no_session_and_begins_none(ada):
    client = logged_in(ada, enforce_csrf_checks=True)
    client.cookies.clear()

    answer = client.post("/api/v1/auth/login/", ADA, "application/json")

    assert answer.status_code == 200
    assert not answer.cookies


def test_a_session_and_a_dead_token_do_not_hinder_signing_in(ada, bob):
    client = logged_in(bob, enforce_csrf_checks=True)
    headers = {"Authorization": "Bearer belfry_dead"}

    answer = client.post("/api/v1/auth/login/", ADA, "application/json", headers=headers)

    assert answer.json()["user"] == "ada"


def test_a_form_of_a_foreign_page_cannot_sign_in(ada):
    answer = Client().post("/api/v1/auth/login/", ADA)

    assert_refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body", [{**ADA, "password": "wrong"}, {**ADA, "username": "eve"}, {**ADA, "username": "bob"}]
)
def test_bad_credentials_are_refused_in_the_same_words(ada, bob, body):
    bob.is_active = False
    bob.save()

    answer = Program().post("auth/login/", body)

    assert_refused(answer, 401, "bad_credentials")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["detail"].startswith("Not signed in: no active user has this name")


@pytest.mark.parametrize(
    "body, fields",
    [
        ({}, ["password", "username"]),
        ({"username": "ada"}, ["password"]),
        ({"username": 1, "password": "x"}, ["username"]),
        ({"username": "ada", "password": ["x"]}, ["password"]),
        ({"username": "a" * 151, "password": "x" * 1001}, ["password", "username"]),
        ({**ADA, "next": "/"}, ["next"]),
    ],
)
def test_a_body_that_is_no_sign_in_is_refused_by_field(ada, body, fields):
    assert_refused(Program().post("auth/login/", body), 400, "invalid", *fields)


def test_a_password_is_taken_as_it_is(ada):
    ada.set_password(" with spaces ")
    ada.save()

    assert Program().post("auth/login/", {**ADA, "password": " with spaces "}).status_code == 200


def test_the_trail_ties_a_sign_in_to_its_request(ada):
    Program(None, **{"X-Request-Id": "mine-1"}).post("auth/login/", ADA)

    assert Event.objects.get().request_id == "mine-1"


def test_a_refused_sign_in_is_one_line_of_the_log_with_its_request(ada, caplog):
    program = Program(None, **{"X-Request-Id": "mine-1"})

    program.post("auth/login/", {**ADA, "password": "no"})

    assert [record.getMessage() for record in caplog.records if "refused" in record.msg] == [
        "sign-in refused: name='ada' request=mine-1"
    ]


def test_no_log_line_has_the_password_or_the_token(ada, caplog):
    with caplog.at_level(logging.DEBUG):
        token = Program().post("auth/login/", ADA).json()["token"]
        Program().post("auth/login/", {**ADA, "password": "another secret"})
        with_token(token + "0").get("tasks/")

    for hidden in (token, ADA["password"], "another secret"):
        assert hidden not in caplog.text


def test_logout_revokes_the_very_token(ada, django_capture_on_commit_callbacks):
    program, other = Program(ada), Program(ada)

    with django_capture_on_commit_callbacks(execute=True):
        answer = program.post("auth/logout/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert_refused(program.get("auth/me/"), 401, "authentication_failed")
    assert other.get("auth/me/").status_code == 200


def test_a_session_does_not_log_out_here(ada):
    client = logged_in(ada)

    answer = client.post("/api/v1/auth/logout/", content_type="application/json")

    assert_refused(answer, 409, "no_token_in_use")
    assert client.get("/api/v1/auth/me/").status_code == 200


def test_me_tells_the_user_and_the_token_in_use(ada):
    program = Program(ada)

    me = program.get("auth/me/").json()

    assert (me["username"], me["is_superuser"]) == ("ada", False)
    assert me["token"].keys() == FIELDS
    assert program.token.startswith(me["token"]["begins_with"])


def test_a_session_is_somebody_without_a_token(root):
    me = logged_in(root).get("/api/v1/auth/me/").json()

    assert me == {"username": "root", "is_superuser": True, "token": None}


def test_a_new_token_is_shown_once(ada):
    program = Program(ada)

    answer = program.post("auth/tokens/", {"name": "import", "days": 7, "dialect": "004"})

    made = answer.json()
    assert answer.status_code == 201
    assert made.keys() == FIELDS | {"token"}
    assert (made["name"], made["dialect"], made["user"]) == ("import", "004", "ada")
    token = ApiToken.objects.get(name="import")
    assert token.expiry - timezone.now() == pytest.approx(
        timedelta(days=7), abs=timedelta(minutes=1)
    )
    later = program.get(f"auth/tokens/{made['id']}/")
    listed = program.get("auth/tokens/")
    assert later.json() == {name: made[name] for name in FIELDS}
    assert later.json() in listed.json()["results"]
    for answer in (later, listed):
        assert made["token"] not in answer.content.decode()
        assert token.digest not in answer.content.decode()


def test_a_token_lasts_a_year_unless_said_otherwise(ada):
    Program(ada).post("auth/tokens/", {"name": "import"})

    lasts = ApiToken.objects.get(name="import").expiry - timezone.now()
    assert lasts == pytest.approx(timedelta(days=365), abs=timedelta(minutes=1))


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "a\x01b"}, "name"),
        ({"days": 0}, "days"),
        ({"days": 3651}, "days"),
        ({"days": "7"}, "days"),
        ({"days": 1.5}, "days"),
        ({"days": True}, "days"),
        ({"dialect": "002"}, "dialect"),
        ({"user": "root"}, "user"),
        ({"digest": "0"}, "digest"),
    ],
)
def test_a_body_that_is_no_token_is_refused_by_field(ada, fields, wrong):
    answer = Program(ada).post("auth/tokens/", {"name": "import", **fields})

    assert_refused(answer, 400, "invalid", wrong)
    assert not ApiToken.objects.filter(name="import").exists()


def test_the_list_is_paged_newest_first(ada):
    program = Program(ada)
    for name in ("a", "b", "c"):
        program.post("auth/tokens/", {"name": name})

    page = program.get("auth/tokens/", limit=2).json()

    assert [token["name"] for token in page["results"]] == ["c", "b"]
    rest = program.client.get(page["next"], headers=program.headers).json()
    assert [token["name"] for token in rest["results"]] == ["a", ""]
    assert rest["next"] is None


def test_a_stranger_sees_no_foreign_token_and_a_superuser_all(ada, bob, root):
    of_ada = Program(ada).get("auth/me/").json()["token"]

    listed = Program(bob).get("auth/tokens/").json()["results"]

    assert {token["user"] for token in listed} == {"bob"}
    assert_refused(Program(bob).delete(f"auth/tokens/{of_ada['id']}/"), 404, "not_found")
    assert ApiToken.objects.filter(pk=of_ada["id"]).exists()
    everybodys = Program(root).get("auth/tokens/").json()["results"]
    assert {token["user"] for token in everybodys} == {"ada", "bob", "root"}


def test_a_revoked_token_opens_nothing(ada, django_capture_on_commit_callbacks):
    program, leaked = Program(ada), Program(ada)
    pk = leaked.get("auth/me/").json()["token"]["id"]

    with django_capture_on_commit_callbacks(execute=True):
        answer = program.delete(f"auth/tokens/{pk}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert_refused(leaked.get("auth/me/"), 401, "authentication_failed")
    assert_refused(program.get(f"auth/tokens/{pk}/"), 404, "not_found")
