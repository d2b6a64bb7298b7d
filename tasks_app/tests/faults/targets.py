"""Short rehearsals, each aimed at one rule: where it is missing, a check finds what went wrong."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.contrib.auth.models import User

from tasks_app import lifecycle, services
from tasks_app.exceptions import NotUnique
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.maintenance import retention
from tasks_app.models import TaskExecution
from tasks_app.models.connection import steady
from tasks_app.runtime import heartbeat
from tasks_app.runtime.heartbeat import MARGIN, Heartbeat
from tasks_app.runtime.running import Running
from tasks_app.scheduling import tick
from tasks_app.scheduling.situation import look
from tasks_app.services import Actor
from tasks_app.states import OnLost, Trigger, UniqueRuns
from tasks_app.tests.ageing import age
from tasks_app.tests.faults.celery_app import know_the_jobs
from tasks_app.tests.faults.client import REFUSED, UNKNOWN
from tasks_app.tests.faults.jobs import PATH
from tasks_app.tests.faults.rehearsal import Rehearsal, grow_older
from tasks_app.tests.outages import a_lost_answer
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import LEASE
from tasks_app.tests.schedules import a_scheduled_task, timer_of

HOUR = 3600
# So long beats look at what is due before they write: long enough for all to meet.
THINKING = 0.3


def a_commit_after_which_the_database_goes(stage: Rehearsal) -> None:
    stage.submit("one", database_goes=True)
    stage.drain()


def a_message_that_went_missing(stage: Rehearsal) -> None:
    stage.submit("one")
    stage.messages.clear()
    stage.drain()


def a_message_that_comes_twice(stage: Rehearsal) -> None:
    run = stage.submit("one")
    stage.begin()
    stage.begin(run)
    stage.drain()


def a_claim_whose_answer_is_lost(stage: Rehearsal) -> None:
    run = stage.submit("one", OnLost.FAIL)
    claim = Claim(run, uuid4())
    with a_lost_answer():
        stage.began(claim, steady(lambda: stage.ask_for(claim), patience=1))
    stage.drain()


def a_job_that_takes_long(stage: Rehearsal) -> None:
    stage.submit("one", OnLost.FAIL)
    stage.begin()
    stage.let_time_pass()
    stage.drain()


class _Ended(Exception):
    """Instead of the end of this process."""


class _Heart(Heartbeat):
    def _ensure_threads(self) -> None:
        """It beats when it is told to."""

    def beats_on(self, running: Running) -> bool:
        """Whether the process outlives its look at the clock."""
        with self.of(running), suppress(_Ended):
            self._end_unproven()
            return True
        return False


def a_job_that_cannot_prove_its_lease(stage: Rehearsal) -> None:
    stage.submit("one")
    claim = stage.begin()
    assert claim
    proven_at = time.monotonic() - LEASE + MARGIN
    running = Running(claim, TaskExecution.objects.get(pk=claim.id), proven_at)
    with patch.multiple(heartbeat, is_pool_child=lambda: True, end_myself=_end):
        goes_on = _Heart().beats_on(running)
    stage.die(claim)
    stage.let_time_pass()
    stage.begin()
    if goes_on:
        stage.finish(claim)
    stage.drain()


def _end() -> None:
    raise _Ended


def a_zombie_that_succeeds(stage: Rehearsal) -> None:
    stage.tell_of_success(_overtaken(stage))
    stage.drain()


def a_zombie_that_fails(stage: Rehearsal) -> None:
    stage.fail_a_try(_overtaken(stage))
    stage.drain()


def _overtaken(stage: Rehearsal) -> Claim:
    """A claim whose worker seemed to be dead; another works on its run."""
    stage.submit("one")
    zombie = stage.begin()
    assert zombie
    stage.die(zombie)
    stage.let_time_pass()
    assert stage.begin()
    return zombie


def an_outage_longer_than_a_lease(stage: Rehearsal) -> None:
    stage.submit("one", OnLost.FAIL)
    stage.begin()
    grow_older(2 * LEASE)
    stage.reap()
    stage.drain()


def a_clock_that_is_set_forward(stage: Rehearsal) -> None:
    stage.submit("one", OnLost.FAIL)
    stage.begin()
    grow_older(HOUR)
    stage.reap()
    stage.drain()


def beats_that_meet(stage: Rehearsal) -> None:
    """Three look at one tick at the same moment."""
    task = a_scheduled_task(_ada(), interval=HOUR, name="hourly", key="hourly", overlap="allow")
    age(HOUR)
    moment = timer_of(task).planned_for
    assert moment
    end = moment + timedelta(seconds=HOUR / 2)
    told: dict[str, Any] = {
        "key": "hourly",
        "every": HOUR,
        "crontab": "",
        "overlap": "allow",
        "catch_up": "all",
    }
    stage.hear("schedule", **told, start=moment.isoformat(), end=end.isoformat())

    with patch.object(tick, "look", _slowly(look)):
        at_once(lambda _: tick.fire_due(), range(3))
    TaskExecution.objects.update(status="revoked", finished_at=moment)


def _slowly(act: Callable[..., Any]) -> Callable[..., Any]:
    def slow(*given: Any) -> Any:
        time.sleep(THINKING)
        return act(*given)

    return slow


def a_request_that_is_repeated(stage: Rehearsal) -> None:
    """The client heard nothing the first time."""
    actor = Actor(_ada(), Trigger.API)
    know_the_jobs()
    words: dict[str, Any] = {"celery_task_name": f"{PATH}.short", "kwargs": {"mark": "one"}}
    task, _ = services.create_task(
        actor, name="a task", start="manual", unique_runs=UniqueRuns.REFUSE, **words
    )
    for outcome in (UNKNOWN, REFUSED):
        with suppress(NotUnique):
            services.execute_task(actor, task)
        stage.hear("submit", outcome, mark="one")
    stage.drain()


def _ada() -> User:
    return User.objects.create_user("ada")


def a_cancel_before_the_message_came(stage: Rehearsal) -> None:
    run = stage.submit("one")
    lifecycle.cancel([run], Canceller(None))
    row = TaskExecution.objects.get(pk=run)
    stage.hear("cancel", of=str(run), status=row.status, attempt=row.attempt)
    stage.see_the_final()
    if claim := stage.begin():
        stage.finish(claim)


def a_job_that_kills_its_workers(stage: Rehearsal) -> None:
    stage.submit("one")
    for _ in range(5):
        if claim := stage.messages and stage.begin():
            stage.die(claim)
        stage.let_time_pass()
    stage.drain()


def a_run_that_waits_for_long(stage: Rehearsal) -> None:
    stage.submit("one")
    grow_older(400 * 24 * HOUR)
    list(retention.prune(retention.Retention.configured()))
    stage.drain()


TARGETS: dict[str, Callable[[Rehearsal], None]] = {
    "row-after-the-commit": a_commit_after_which_the_database_goes,
    "no-count-of-messages": a_message_that_went_missing,
    "claim-of-any-state": a_message_that_comes_twice,
    "claim-without-proof": a_claim_whose_answer_is_lost,
    "no-renewal": a_job_that_takes_long,
    "works-on-without-proof": a_job_that_cannot_prove_its_lease,
    "outcome-without-fence": a_zombie_that_succeeds,
    "retry-without-fence": a_zombie_that_fails,
    "reaps-without-a-watch": an_outage_longer_than_a_lease,
    "watches-over-any-gap": a_clock_that_is_set_forward,
    "ticks-without-uniqueness": beats_that_meet,
    "requests-without-a-key": a_request_that_is_repeated,
    "cancelled-may-start": a_cancel_before_the_message_came,
    "deaths-without-end": a_job_that_kills_its_workers,
    "prunes-by-age-alone": a_run_that_waits_for_long,
}
