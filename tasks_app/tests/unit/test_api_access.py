"""Every endpoint: who may ask, by which path and method."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tasks_app.models import ApiToken, Skip, Task, TaskExecution
from tasks_app.tests.runs import JOB, a_run, a_task
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.api import Program, assert_refused

# Method, path, what is answered to the owner.
ENDPOINTS = [
    ("GET", "tasks", 200),
    ("POST", "tasks", 400),
    ("GET", "tasks/registered", 200),
    ("GET", "tasks/count", 200),
    ("GET", "tasks/executions/{execution}", 200),
    ("GET", "tasks/{task}", 200),
    ("PUT", "tasks/{task}", 200),
    ("PATCH", "tasks/{task}", 200),
    ("DELETE", "tasks/{task}", 204),
    ("POST", "tasks/{task}/enable", 200),
    ("POST", "tasks/{task}/disable", 200),
    ("POST", "tasks/{task}/execute", 202),
    ("POST", "tasks/{task}/cancel", 202),
    ("GET", "tasks/{task}/status", 200),
    ("GET", "tasks/{task}/executions", 200),
    ("GET", "tasks/{task}/upcoming", 200),
    ("GET", "tasks/{task}/why", 200),
    ("POST", "tasks/{task}/skip", 200),
    ("POST", "tasks/{task}/unskip", 200),
    ("POST", "tasks/{task}/backfill", 202),
    ("POST", "tasks/{task}/cancel_backfill", 202),
    ("GET", "executions", 200),
    ("GET", "executions/{execution}", 200),
    ("POST", "executions/{execution}/cancel", 202),
    ("GET", "executions/{execution}/why", 200),
    ("GET", "executions/{execution}/attempts", 200),
    ("GET", "executions/{execution}/log", 200),
    ("GET", "schedules/upcoming", 200),
    ("POST", "schedules/preview", 400),
    ("POST", "auth/logout", 204),
    ("GET", "auth/me", 200),
    ("GET", "auth/tokens", 200),
    ("POST", "auth/tokens", 400),
    ("GET", "auth/tokens/{token}", 200),
    ("DELETE", "auth/tokens/{token}", 204),
]
# Who asks there has no credentials yet.
WITHOUT_CREDENTIALS = [("POST", "auth/login", 400)]
# What must be sent, so that nothing but the caller is at fault.
TICK = "2100-01-01T00:00:00Z"
BODIES = {
    "tasks/{task}/skip": {"at": TICK},
    "tasks/{task}/unskip": {"at": TICK},
    "tasks/{task}/backfill": {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"},
}
REPLACED = {"name": "wait", "celery_task_name": JOB, "args": [1]}


def body_of(method, path):
    return REPLACED if method == "PUT" else BODIES.get(path)


ON_ONE_ROW = [(method, path) for method, path, _ in ENDPOINTS if "{" in path]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
PATHS = {path for _, path, _ in ENDPOINTS}
NOT_ALLOWED = [
    (method, path)
    for path in sorted(PATHS)
    for method in sorted(METHODS - {method for method, known, _ in ENDPOINTS if known == path})
]


@pytest.fixture
def of_ada(ada):
    """Fills a path with a task of ada's, its waiting run and a token."""
    task = a_scheduled_task(ada, scheduled_time=TICK)
    run = a_run(task=task, owner=ada)
    token, _ = ApiToken.objects.create(ada)
    return lambda path: path.format(task=task.pk, execution=run.pk, token=token.pk)


def everything():
    return [list(model.objects.values()) for model in (Task, TaskExecution, Skip)]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method, path, status", ENDPOINTS)
def test_the_owner_is_answered_with_and_without_the_slash(ada, of_ada, method, path, status, slash):
    answer = Program(ada).send(method, of_ada(path) + slash, body_of(method, path))

    assert answer.status_code == status


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method, path, status", WITHOUT_CREDENTIALS)
def test_the_way_in_is_open_with_and_without_the_slash(db, method, path, status, slash):
    assert Program().send(method, path + slash).status_code == status


@pytest.mark.parametrize("method, path, status", ENDPOINTS)
def test_without_credentials_nothing_is_told_or_done(of_ada, method, path, status):
    before = everything()

    answer = Program().send(method, of_ada(path), body_of(method, path))

    assert_refused(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert everything() == before


@pytest.mark.parametrize("method, path", ON_ONE_ROW)
def test_what_is_somebody_elses_does_not_exist(bob, of_ada, method, path):
    before = everything()

    answer = Program(bob).send(method, of_ada(path), body_of(method, path))

    assert_refused(answer, 404, "not_found")
    assert everything() == before


@pytest.mark.parametrize("method, path", ON_ONE_ROW)
def test_what_never_was_does_not_exist(ada, method, path):
    unknown = path.format(task=uuid4(), execution=uuid4(), token=uuid4())

    assert_refused(Program(ada).send(method, unknown, body_of(method, path)), 404, "not_found")


def test_a_foreign_row_and_one_that_never_was_answer_alike(ada, bob):
    foreign = str(a_task(ada).pk)
    unknown = foreign[:-4] + ("0000" if not foreign.endswith("0000") else "1111")

    answers = [Program(bob).get(f"tasks/{name}/").json()["detail"] for name in (foreign, unknown)]

    assert answers[0].replace(foreign, "") == answers[1].replace(unknown, "")


@pytest.mark.parametrize("method, path", ON_ONE_ROW)
def test_a_superuser_may_do_what_the_owner_may(root, of_ada, method, path):
    assert Program(root).send(method, of_ada(path), body_of(method, path)).status_code in {
        200,
        202,
        204,
    }


@pytest.mark.parametrize("method, path", NOT_ALLOWED)
def test_other_methods_are_refused_and_do_nothing(ada, of_ada, method, path):
    before = everything()

    answer = Program(ada).send(method, of_ada(path), body_of(method, path))

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

    assert answer.json().keys() == {"tasks", "executions", "auth/tokens"}
    assert Client().get(path).status_code == 401
