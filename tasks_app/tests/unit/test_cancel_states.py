"""How far a request to stop has come, and who is shown it."""

import pytest
from django.contrib.auth.models import User

from tasks_app import lifecycle, services
from tasks_app.lifecycle import Canceller
from tasks_app.models import TaskExecution
from tasks_app.reporting.cancelling import CancelState, cancel_state
from tasks_app.services import Actor
from tasks_app.states import Reason, Status
from tasks_app.tests import jobs
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import LEASE, a_run, now_of, the_claim_on
from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.api import Program

pytestmark = pytest.mark.django_db


def asked() -> TaskExecution:
    """A running run that is asked to stop."""
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(None))
    return now_of(run)


def test_a_run_that_nobody_asked_to_stop_has_no_state() -> None:
    assert cancel_state(a_run(Status.STARTED)) is None


def test_a_request_is_seen_when_the_worker_has_heard_of_it() -> None:
    run = asked()
    assert cancel_state(run) == CancelState.REQUESTED

    lifecycle.renew([the_claim_on(run)], lease=LEASE)

    assert cancel_state(now_of(run)) == CancelState.SEEN


def test_a_request_is_honoured_by_the_end_that_it_asked_for() -> None:
    run = asked()

    lifecycle.revoke(the_claim_on(run), Reason.CANCELLED)

    assert cancel_state(now_of(run)) == CancelState.HONOURED


def test_a_run_that_waited_is_stopped_without_a_worker() -> None:
    run = a_run()

    lifecycle.cancel([run.pk], Canceller(None))

    assert cancel_state(now_of(run)) == CancelState.HONOURED


def test_a_job_that_ends_first_has_the_last_word() -> None:
    run = asked()

    lifecycle.succeed([(the_claim_on(run), None)])

    assert cancel_state(now_of(run)) == CancelState.TOO_LATE


def test_an_outcome_that_is_set_by_hand_is_no_cancel() -> None:
    by_hand, asked_before = a_run(Status.STARTED), asked()
    age(seconds=1)
    for run in (by_hand, asked_before):
        lifecycle.settle(
            run.pk, Status.FAILURE, Canceller(None), progress=None, result=None, error="x"
        )

    assert cancel_state(now_of(by_hand)) is None
    assert cancel_state(now_of(asked_before)) == CancelState.TOO_LATE


def test_programs_and_people_are_shown_how_far_it_is(root: User) -> None:
    run = a_run(Status.STARTED, owner=root, cancel_grace=90)
    shown = Program(root).get(f"executions/{run.pk}/").json()
    assert (shown["cancel_state"], shown["cancel_seen_at"], shown["cancel_grace"]) == (
        None, None, 90
    )  # fmt: skip

    cancelled = Program(root).post(f"executions/{run.pk}/cancel/").json()
    assert cancelled["cancel_state"] == "requested"
    lifecycle.renew([the_claim_on(run)], lease=LEASE)

    [listed] = Program(root).get("executions/").json()["results"]
    assert listed["cancel_state"] == "seen"
    assert listed["cancel_seen_at"].endswith("Z")
    page = Staff(root).reads(f"/taskexecution/{run.pk}/change/")
    assert "It is asked to stop. Its worker has heard of it." in page
    assert "grace 90 s" in page


def test_a_cancel_holds_although_no_worker_was_there_to_hear_it(ada: User) -> None:
    know_the_tests_jobs()
    _, run = services.create_task(
        Actor(ada), name="x", celery_task_name=jobs.explode.name, max_retries=3, retry_backoff=0
    )
    _, retried = services.create_task(
        Actor(ada), name="y", celery_task_name=jobs.explode.name, max_retries=3, retry_backoff=0
    )
    assert run
    assert retried
    deliver(retried)
    assert retried.status == Status.RETRY

    for each in (run, retried):
        services.cancel_execution(Actor(ada), each)
        deliver(each)  # its message was in the queue all the time

    assert (run.status, run.attempt) == (Status.REVOKED, 0)
    assert (retried.status, retried.attempt, retried.failed_tries) == (Status.REVOKED, 1, 1)
