"""Every endpoint: by which path and method, and with which credentials."""

from datetime import timedelta

import pytest
from django.test import Client

from tasks_app.models import ApiToken, TaskExecution
from tasks_app.tests.runs import a_task
from tasks_app.tests.unit.api import Program, assert_refused
from tasks_app.tests.unit.endpoints import (
    ENDPOINTS,
    FOR_SUPERUSERS,
    WITH_CREDENTIALS,
    WITHOUT_CREDENTIALS,
    Belongings,
    body_of,
    everything,
)

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
PATHS = {path for _, path, _ in WITH_CREDENTIALS}
NOT_ALLOWED = [
    (method, path)
    for path in sorted(PATHS)
    for method in sorted(
        METHODS - {method for method, known, _ in WITH_CREDENTIALS if known == path}
    )
]


@pytest.fixture
def of_ada(ada):
    return Belongings(ada)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method, path, status", ENDPOINTS)
def test_the_owner_is_answered_with_and_without_the_slash(ada, of_ada, method, path, status, slash):
    answer = Program(ada).send(method, of_ada.path(path) + slash, body_of(method, path))

    assert answer.status_code == status


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method, path, status", FOR_SUPERUSERS)
def test_superusers_are_answered_with_and_without_the_slash(root, method, path, status, slash):
    assert Program(root).send(method, path + slash).status_code == status


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method, path, status", WITHOUT_CREDENTIALS)
def test_the_way_in_is_open_with_and_without_the_slash(db, method, path, status, slash):
    assert Program().send(method, path + slash).status_code == status


@pytest.mark.parametrize("method, path", NOT_ALLOWED)
def test_other_methods_are_refused_and_do_nothing(ada, of_ada, method, path):
    program = Program(ada)
    before = everything()

    answer = program.send(method, of_ada.path(path), body_of(method, path))

    assert_refused(answer, 405, "method_not_allowed")
    assert everything() == before


def token_of(user, **fields):
    made, token = ApiToken.objects.create(user, **fields)
    return made, token


@pytest.mark.parametrize(
    "credentials",
    [
        "",
        "no-token",
        "belfry_" + "0" * 64,
        "belfry_\xff",
        "{expired}",
        "{locked}",
        "{cut}",
        "{revoked}",
    ],
)
def test_a_token_that_is_not_valid_is_refused_in_the_same_words(ada, bob, credentials):
    bob.is_active = False
    bob.save()
    revoked, of_revoked = token_of(ada)
    revoked.delete()
    filled = credentials.format(
        expired=token_of(ada, expiry=timedelta(seconds=-1))[1],
        locked=token_of(bob)[1],
        cut=token_of(ada)[1][:-1],
        revoked=of_revoked,
    )

    answer = Program(Authorization=f"Bearer {filled}").get("tasks/")

    assert_refused(answer, 401, "authentication_failed")
    if credentials:
        assert answer.json()["detail"] == "This token is not valid, or no longer."


def test_a_token_in_the_address_is_no_credential(ada):
    _, token = token_of(ada)

    assert_refused(Program().get("tasks/", token=token), 401, "not_authenticated")


def test_only_the_digest_of_a_token_is_stored(ada):
    made, token = token_of(ada)

    assert token.startswith("belfry_")
    assert token not in str(ApiToken.objects.filter(pk=made.pk).values().get())


def test_a_person_who_is_logged_in_may_look(ada):
    client = Client()
    client.force_login(ada)

    assert client.get("/api/v1/tasks/").status_code == 200


def test_a_session_needs_its_csrf_token_to_change_anything(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    task = a_task(ada)

    answer = client.post(f"/api/v1/tasks/{task.pk}/execute/", content_type="application/json")

    assert_refused(answer, 403, "permission_denied")
    assert not TaskExecution.objects.exists()


def test_the_browsable_api_offers_the_json_form_only(ada):
    client = Client()
    client.force_login(ada)

    page = client.get("/api/v1/tasks/", headers={"Accept": "text/html"}).content.decode()

    assert 'name="_content"' in page
    assert 'value="application/json"' in page
    assert 'name="celery_task_name"' not in page


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
def test_the_root_names_the_resources(ada, path):
    answer = Program(ada).client.get(path, headers=Program(ada).headers)

    assert answer.json().keys() == {
        *("tasks", "executions", "pauses", "alarms", "counters", "diagnosis", "auth/tokens")
    }
    assert Client().get(path).status_code == 401
