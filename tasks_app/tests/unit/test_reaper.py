"""The reaper decides nothing before it has watched a full lease without a gap."""

from datetime import timedelta

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import LIMIT_OF_WORKER_DEATHS
from tasks_app.maintenance import reap
from tasks_app.models import Control
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db
TICK = 2


def watch(seconds, *, tick=TICK, living=()):
    """Let time pass while a reaper looks at every tick and the living speak; what did it reap?"""
    reaped = []
    for _ in range(seconds // tick):
        age(tick)
        if living:
            lifecycle.renew(living, lease=LEASE)
        reaped += reap()
    return reaped


@pytest.fixture
def silent(db):
    """A run whose worker spoke its last word."""
    run = a_run(on_lost=OnLost.FAIL)
    a_claim(run)
    return run


def test_the_first_look_only_begins_the_watch(silent):
    age(3600)

    assert reap() == []

    control = Control.objects.get()
    assert control.watched_since == control.last_watch_at


def test_an_old_lease_is_reaped_when_a_full_lease_was_watched_and_not_before(silent):
    age(3600)
    reap()

    assert watch(14) == []
    assert watch(2) == [silent.pk]


def test_a_dead_workers_run_is_decided_within_eighteen_seconds():
    watch(20)
    run = a_run(on_lost=OnLost.FAIL)
    a_claim(run)

    assert watch(14) == []
    assert watch(4) == [run.pk]

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.LOST)


def test_a_worker_that_speaks_keeps_its_run():
    run = a_run()
    claim = a_claim(run)

    assert watch(60, living=[claim]) == []

    assert now_of(run).status == Status.STARTED


@pytest.mark.parametrize("seconds", [6, 600, 7200])
def test_while_nobody_watched_no_silence_counts(silent, seconds):
    """The database was away, every reaper was down, or the clock was set forward."""
    watch(10)
    age(seconds)

    assert reap() == []
    assert watch(14) == []
    assert watch(2) == [silent.pk]


def test_a_worker_that_was_cut_off_with_the_reapers_keeps_its_run():
    watch(20)
    claim = a_claim(a_run())
    age(3600)

    assert reap() == []
    assert watch(30, living=[claim]) == []


def test_a_clock_that_was_set_back_begins_the_watch_anew():
    watch(20)
    age(-3600)

    reap()

    control = Control.objects.get()
    assert control.watched_since == control.last_watch_at


def test_a_look_that_comes_a_little_late_does_not_break_the_watch(silent):
    age(3600)
    reap()

    assert watch(16, tick=4) == [silent.pk]


def test_the_watch_is_as_long_as_the_lease_of_the_installation(silent, settings):
    settings.LEASE_SECONDS = 60
    age(3600)
    reap()

    assert watch(58) == []
    assert watch(4) == [silent.pk]


def test_a_run_that_kills_its_workers_is_ended_after_the_third():
    run = a_run(on_lost=OnLost.RETRY)
    for _ in range(LIMIT_OF_WORKER_DEATHS):
        a_claim(run)
        watch(20)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.POISON)
    assert [attempt.outcome for attempt in run.attempts.all()] == [AttemptOutcome.LOST] * 3


def test_a_rescued_run_starts_again_a_second_later():
    run = a_run(on_lost=OnLost.RETRY)
    a_claim(run)

    watch(20)

    rescued = now_of(run)
    assert rescued.status == Status.RETRY
    ended_at = run.attempts.get().ended_at
    assert rescued.run_at - ended_at > timedelta(seconds=0.5)
