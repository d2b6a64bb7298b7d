"""Owner, stranger, nobody and superuser at every path of the API: who is answered, who is not."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import get_resolver

from tasks_app.api.router import router
from tasks_app.models import ApiToken, Task
from tasks_app.tests.unit.api import Program, assert_refused
from tasks_app.tests.unit.endpoints import (
    ENDPOINTS,
    FOR_SUPERUSERS,
    NEW_TASK,
    ON_ONE_ROW,
    WITH_CREDENTIALS,
    WITHOUT_CREDENTIALS,
    Belongings,
    body_of,
    everything,
    path_of,
)

# Only tasks have keys.
BY_ID_AND_KEY = [
    (method, path, by_key)
    for method, path in ON_ONE_ROW
    for by_key in ([False, True] if "{task}" in path else [False])
]
LISTS = [
    "tasks",
    "tasks?status=pending",
    "executions",
    "executions?status=pending",
    "schedules/upcoming?hours=168",
    "auth/tokens",
    "pauses",
    "tasks/{task}/executions",
    "tasks/{task}/upcoming",
    "executions/{execution}/attempts",
]
# Nobody signs in to read these.
OPEN = {"schema": "api/schema/", "docs": "docs/", "redoc": "redoc/", "healthz": "healthz/"}
MOST_ROWS = 200


@pytest.fixture
def of_ada(ada):
    return Belongings(ada)


@pytest.fixture
def of_bob(bob):
    return Belongings(bob)


def sent(program, method, path, where):
    """The request of the table's line, about the rows of somebody."""
    return program.send(method, where.path(path), body_of(method, path))


def without_token(user):
    """A program whose token was revoked; what the user has beside it is not touched."""
    before = set(ApiToken.objects.values_list("pk", flat=True))
    program = Program(user)
    ApiToken.objects.exclude(pk__in=before).delete()
    return program


def locked_out(user):
    """A program whose user was deactivated."""
    program = Program(user)
    user.is_active = False
    user.save()
    return program


OUTSIDERS = [
    (lambda _: Program(), "not_authenticated"),
    (without_token, "authentication_failed"),
    (locked_out, "authentication_failed"),
]


def test_every_path_and_method_has_its_line_in_the_table():
    acting = {route: getattr(route.callback, "actions", {}) for route in router.urls}
    found = {(method, path_of(route)) for route in acting for method in acting[route]}

    # REST framework answers HEAD as it does GET, and notes it at the first request.
    table = {(method.lower(), path) for method, path, _ in WITH_CREDENTIALS + WITHOUT_CREDENTIALS}
    assert {(method, path) for method, path in found if method != "head"} == table
    # What has no actions of its own names resources only.
    assert [getattr(route, "name", "") for route in acting if not acting[route]] == ["api-root"]


def test_no_other_path_is_open(of_ada):
    named = {getattr(path, "name", None) for path in get_resolver().url_patterns}

    assert named - {None} == {*OPEN, "readyz"}
    for path in OPEN.values():
        answer = Client().get(f"/{path}")
        assert answer.status_code == 200
        assert not of_ada.are_told_by(answer.content.decode())


@pytest.mark.parametrize("outsider, code", OUTSIDERS, ids=["nobody", "revoked", "deactivated"])
@pytest.mark.parametrize("method, path, _", WITH_CREDENTIALS)
def test_who_has_no_valid_token_is_told_and_does_nothing(
    ada, of_ada, outsider, code, method, path, _
):
    program = outsider(ada)
    before = everything()

    answer = sent(program, method, path, of_ada)

    assert_refused(answer, 401, code)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert everything() == before


def test_a_session_ends_with_its_user(ada, of_ada):
    client = Client()
    client.force_login(ada)
    locked_out(ada)

    assert client.get("/api/v1/tasks/").status_code == 401


@pytest.mark.parametrize("method, path, by_key", BY_ID_AND_KEY)
def test_a_strangers_row_answers_like_one_that_never_was(bob, of_ada, of_bob, method, path, by_key):
    program = Program(bob)
    foreign = of_ada.path(path, by_key=by_key)
    never = path.format(
        task="not-key" if by_key else uuid4(), execution=uuid4(), token=uuid4(), pause=uuid4()
    )
    before = everything()

    answers = [program.send(method, name, body_of(method, path)) for name in (foreign, never)]

    for answer in answers:
        assert_refused(answer, 404, "not_found")
    assert told(answers[0], foreign) == told(answers[1], never)
    assert everything() == before


def told(answer, path):
    """An answer without what was asked for and which request it was."""
    [name] = [part for part in path.split("/")[1:] if part in answer.json()["detail"]]
    body = answer.json() | {"request_id": ""}
    headers = dict(answer.headers) | {"X-Request-Id": ""}
    return str(body).replace(name, "…"), headers


@pytest.mark.parametrize("method, path, status", ENDPOINTS)
def test_an_answer_about_ones_own_tells_of_nobody_else(bob, of_ada, of_bob, method, path, status):
    of_others = of_ada.rows()

    answer = sent(Program(bob), method, path, of_bob)

    assert answer.status_code == status, answer.content
    assert not of_ada.are_told_by(answer.content.decode())
    assert of_ada.rows() == of_others


@pytest.mark.parametrize("method, path, _", FOR_SUPERUSERS)
def test_what_is_for_superusers_is_refused_to_everybody_else(bob, of_ada, of_bob, method, path, _):
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.all())
    program, before = Program(bob), everything()

    answer = sent(program, method, path, of_bob)

    assert_refused(answer, 403, "superusers_only")
    assert everything() == before


@pytest.mark.parametrize("method, path, status", WITH_CREDENTIALS)
def test_a_superuser_may_do_what_the_owner_may(root, of_ada, method, path, status):
    answer = sent(Program(root), method, path, of_ada)

    assert answer.status_code == status, answer.content


@pytest.mark.parametrize("path", LISTS)
def test_rows_of_others_are_on_no_page_and_make_no_further_page(bob, root, of_ada, of_bob, path):
    program, asked = Program(bob), of_bob.path(path)
    listed = page(program, asked, limit=MOST_ROWS)
    own = len(listed["results"])

    last, behind = page(program, asked, limit=own), page(program, asked, skip=own)

    assert own
    assert (last["next"], behind) == (None, {"results": [], "next": None})
    assert last == listed
    assert not of_ada.are_told_by(str(listed))
    everybodys = str(page(Program(root), asked, limit=MOST_ROWS))
    assert of_bob.are_told_by(everybodys)
    assert of_ada.are_told_by(everybodys) is ("{" not in path)


def page(program, path, **query):
    path, _, given = path.partition("?")
    more = dict([given.split("=")]) if given else {}
    answer = program.get(path, **more, **query)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("which", [{}, {"status": "pending"}, {"task_type": ""}])
def test_counts_are_of_ones_own(ada, bob, root, of_ada, of_bob, which):
    Task.objects.create(owner=bob, name="another")
    which = {name: value for name, value in which.items() if value}

    totals = [
        Program(user).get("tasks/count", **which).json()["total"] for user in (ada, bob, root)
    ]

    assert totals == [1, 2, 3]


# Method, path, and a field that names something of ada's.
SMUGGLED = [
    ("GET", "tasks", "owner", "ada"),
    ("GET", "tasks", "key", "ada-key"),
    ("GET", "tasks/count", "owner", "ada"),
    ("GET", "executions", "owner", "ada"),
    ("GET", "auth/tokens", "user", "ada"),
    ("GET", "schedules/upcoming", "task", "{task}"),
    ("POST", "tasks", "owner", "ada"),
    ("POST", "tasks", "id", "{task}"),
    ("PUT", "tasks/{task}", "owner", "ada"),
    ("PATCH", "tasks/{task}", "owner", "ada"),
    ("PATCH", "tasks/{task}", "id", "{task}"),
    ("POST", "tasks/{task}/execute", "owner", "ada"),
    ("POST", "tasks/{task}/execute", "task", "{task}"),
    ("POST", "tasks/{task}/execute", "parent", "{execution}"),
    ("POST", "tasks/{task}/cancel", "execution", "{execution}"),
    ("POST", "auth/tokens", "user", "ada"),
    ("POST", "auth/logout", "token", "{token}"),
]


@pytest.mark.parametrize("method, path, field, value", SMUGGLED)
def test_nobody_else_is_named_beside_the_path(bob, of_ada, of_bob, method, path, field, value):
    program, asked, named = Program(bob), of_bob.path(path), {field: of_ada.path(value)}
    before = everything()

    if method == "GET":
        answer = program.get(asked, **named)
    else:
        answer = program.send(method, asked, (body_of(method, path) or {}) | named)

    assert_refused(answer, 400, "invalid", field)
    assert everything() == before


def test_a_strangers_task_filters_like_one_that_never_was(bob, of_ada, of_bob):
    program = Program(bob)

    for task in (of_ada.task.pk, uuid4()):
        assert program.get("executions", task=task).json() == {"results": [], "next": None}


@pytest.mark.parametrize("name", ["{task}", "ada-key"])
def test_a_preview_knows_no_strangers_task(bob, of_ada, name):
    foreign = of_ada.path(name)
    schedule, program = {"crontab": "0 9 * * *"}, Program(bob)

    answers = [
        program.post("schedules/preview", schedule | {"task": task})
        for task in (foreign, "not-key")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    details = [answer.json()["detail"] for answer in answers]
    assert details[0].replace(foreign, "not-key") == details[1]


def test_a_strangers_key_is_free(bob, of_ada, of_bob):
    program, before = Program(bob), of_ada.rows()

    assert program.post("tasks", NEW_TASK | {"key": "ada-key"}).status_code == 201
    mine = program.get("tasks/ada-key").json()
    assert program.delete("tasks/ada-key").status_code == 204

    assert mine["owner"] == "bob"
    assert of_ada.rows() == before
