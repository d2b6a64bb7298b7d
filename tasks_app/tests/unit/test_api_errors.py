"""One shape for every refusal, also where no view is at work."""

import sqlite3
from uuid import UUID

import pytest
from django.core import exceptions as django_exceptions
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from tasks_app import services
from tasks_app.api.errors import refusal_of
from tasks_app.exceptions import VersionConflict
from tasks_app.models import Task
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.unit.api import Program, assert_refused

NEW = {"name": "n", "celery_task_name": JOB, "args": [1]}


def broken(error):
    """A database that answers every statement with this error."""

    def refuse(execute, sql, params, many, context):
        raise error

    return connection.execute_wrapper(refuse)


@pytest.mark.parametrize(
    "error", [OperationalError("connection to 10.0.0.7 failed"), InterfaceError("is closed")]
)
@pytest.mark.parametrize("method, path", [("GET", "tasks/"), ("POST", "tasks/")])
def test_a_database_that_is_away_is_503_with_a_time_to_return(ada, error, method, path):
    program = Program(ada)

    with broken(error):
        answer = program.send(method, path)

    assert_refused(answer, 503, "database_away")
    assert answer["Retry-After"] == "5"
    assert "10.0.0.7" not in answer.content.decode()


# PostgreSQL is never locked as a whole.
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_locked_database_is_503_and_nothing_is_written(ada):
    program = Program(ada)
    connection.cursor().execute("PRAGMA busy_timeout = 10")
    rival = sqlite3.connect(connection.settings_dict["NAME"], uri=True)
    try:
        rival.execute("BEGIN IMMEDIATE")
        answer = program.post("tasks/", NEW)
    finally:
        rival.close()
        connection.close()

    assert_refused(answer, 503, "database_away")
    assert not Task.objects.exists()


def test_a_defect_is_answered_without_its_traceback(ada, monkeypatch):
    def defect(*_, **__):
        raise ZeroDivisionError("secret of ours")

    monkeypatch.setattr(services, "get_tasks", defect)
    program = Program(ada, **{"X-Request-Id": "r-1"})
    program.client.raise_request_exception = False

    answer = program.get("tasks/")

    assert_refused(answer, 500, "server_error")
    assert answer.json()["request_id"] == "r-1"
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/tasks/", "/api/v1/nothing", "/api/v1x"])
def test_a_path_that_is_not_there_is_404_in_json(path):
    for method in ("GET", "POST"):
        assert_refused(Client().generic(method, path), 404, "not_found")


def test_a_host_that_is_not_served_is_400_in_json():
    answer = Client().get("/api/v1/tasks/", headers={"Host": "evil.example"})

    assert_refused(answer, 400, "bad_request")


def test_outside_of_the_api_errors_stay_pages():
    assert Client().get("/nothing")["Content-Type"].startswith("text/html")


def test_a_format_that_cannot_be_answered_is_406(ada):
    program = Program(ada, Accept="text/csv")

    assert_refused(program.get("tasks/"), 406, "not_acceptable")


@pytest.mark.parametrize(
    "error, status, code",
    [
        (VersionConflict(3), 409, "version_conflict"),
        (django_exceptions.PermissionDenied(), 403, "permission_denied"),
        (django_exceptions.ValidationError("no"), 400, "invalid"),
    ],
)
def test_what_services_and_models_raise_has_its_status(error, status, code):
    refusal = refusal_of(error)

    assert (refusal.status, refusal.code) == (status, code)
    assert refusal.detail


def test_errors_of_a_model_are_told_by_field():
    refusal = refusal_of(django_exceptions.ValidationError({"name": ["Too long."]}))

    assert (refusal.status, refusal.errors) == (400, {"name": ["Too long."]})


def test_one_sentence_about_several_fields_is_said_once(ada):
    detail = Program(ada).post("tasks/", {}).json()["detail"]

    assert detail == "name, celery_task_name: This field is required."


def test_the_callers_request_id_comes_back(ada):
    answer = Program(ada, **{"X-Request-Id": "trace.4-f_00"}).get("tasks/")

    assert answer["X-Request-Id"] == "trace.4-f_00"


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 101, "a\x1b[31m", "ключ"])
def test_a_request_without_a_usable_id_gets_one(ada, given):
    program = Program(ada, **({} if given is None else {"X-Request-Id": given}))

    first, second = (program.get("tasks/")["X-Request-Id"] for _ in range(2))

    assert UUID(first) != UUID(second)


def test_a_task_that_vanishes_while_it_is_asked_for_is_404(ada):
    task = a_task(ada)
    Task.objects.all().delete()

    assert_refused(Program(ada).post(f"tasks/{task.pk}/execute/"), 404, "not_found")
