"""The happy path is one statement a step: BEGIN and COMMIT are not counted, savepoints are."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app import lifecycle, services
from tasks_app.lifecycle import Claim, Failing, Report
from tasks_app.models import TaskExecution
from tasks_app.services import Actor
from tasks_app.states import Reason
from tasks_app.tests.runs import LEASE, a_claim, a_run, a_task

pytestmark = pytest.mark.django_db
FIRST_VERB = re.compile(r"\b(INSERT|UPDATE|SELECT|DELETE|SAVEPOINT|RELEASE)\b")


@pytest.fixture
def statements(db):
    """Call it for the verbs of all that was sent to the database by then.

    A test names it last: what its other fixtures send is not counted.
    """
    with CaptureQueriesContext(connection) as queries:
        yield lambda: [FIRST_VERB.search(query["sql"])[1] for query in queries]


@pytest.fixture
def task(ada):
    return a_task(ada)


@pytest.fixture
def run(db):
    return a_run()


@pytest.fixture
def claim(run):
    return a_claim(run)


def test_a_submission_is_one_insert(statements):
    lifecycle.submit([TaskExecution(celery_task_name="job", trigger="code")])

    assert statements() == ["INSERT"]


def test_many_submissions_are_one_insert(statements):
    lifecycle.submit([TaskExecution(celery_task_name="job", trigger="code") for _ in range(10)])

    assert statements().count("INSERT") == 1


def test_executing_a_task_is_one_insert_once_its_process_knows_how_many_wait(ada, task, statements):
    services.execute_task(Actor(ada), task)
    before = len(statements())

    services.execute_task(Actor(ada), task)

    assert statements()[before:] == ["INSERT"]


def test_a_claim_is_one_update(run, statements):
    lifecycle.claim([Claim(run.pk, uuid4())], worker="w", pid=1, lease=LEASE)

    assert statements() == ["UPDATE"]


ONE_UPDATE = {
    "succeed": lambda claim: lifecycle.succeed([(claim, {"n": 1})]),
    "renew": lambda claim: lifecycle.renew([claim], lease=LEASE),
    "report": lambda claim: lifecycle.report_progress(claim, Report(5), lease=LEASE),
    "checkpoint": lambda claim: lifecycle.save_checkpoint(claim, {"step": 5}, lease=LEASE),
}


@pytest.mark.parametrize("name", list(ONE_UPDATE))
def test_what_the_claim_says_is_one_update(name, claim, statements):
    ONE_UPDATE[name](claim)

    assert statements() == ["UPDATE"]


def test_a_failure_is_one_update_and_the_row_of_its_attempt(claim, statements):
    lifecycle.fail(claim, Reason.ERROR, Failing("it broke"))

    assert [verb for verb in statements() if verb not in {"SAVEPOINT", "RELEASE"}] == [
        "UPDATE",
        "INSERT",
    ]
