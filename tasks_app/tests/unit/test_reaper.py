"""The reaper decides nothing before it has watched a full lease without a gap."""

from datetime import timedelta
from functools import partial

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import LIMIT_OF_WORKER_DEATHS
from tasks_app.maintenance import Reaper, reaper
from tasks_app.models import Control, Counter
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.reaping import reap
from tasks_app.tests.runs import LEASE, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db
TICK = 2


def watch(seconds, *, tick=TICK, living=()):
    """Let time pass while a reaper looks at every tick and the living speak; what did it reap?"""
    process, reaped = Reaper(), []
    for _ in range(seconds // tick):
        age(tick)
        if living:
            lifecycle.renew(living, lease=LEASE)
        reaped += process.reap()
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

    assert watch(12) == []
    assert watch(4) == [silent.pk]


def test_a_dead_workers_run_is_decided_within_eighteen_seconds():
    watch(20)
    run = a_run(on_lost=OnLost.FAIL)
    a_claim(run)

    assert watch(12) == []
    assert watch(6) == [run.pk]

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
    assert watch(12) == []
    assert watch(4) == [silent.pk]


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

    assert watch(48) == []
    assert watch(14) == [silent.pk]


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


def freeze_after_the_look(monkeypatch, seconds):
    """A reaper that stands still for so long with its look in hand; what does it reap then?"""
    look = reaper._look

    def slowly():
        monkeypatch.setattr(reaper, "_look", look)
        seen = look()
        age(seconds)
        return [moment - timedelta(seconds=seconds) for moment in seen]

    monkeypatch.setattr(reaper, "_look", slowly)
    return reap()


def test_a_reaper_that_froze_after_its_look_knows_nothing_of_the_time_since(monkeypatch):
    """Whoever froze with it has not been able to speak yet."""
    claim = a_claim(a_run())
    watch(20, living=[claim])

    assert freeze_after_the_look(monkeypatch, 600) == []


def test_what_was_silent_before_the_look_is_decided_even_after_a_freeze(monkeypatch, silent):
    age(3600)
    reap()
    watch(12)
    age(4)

    assert freeze_after_the_look(monkeypatch, 600) == [silent.pk]


def counted():
    return dict(Counter.objects.values_list("name", "value"))


@pytest.mark.django_db(transaction=True)
def test_what_is_rescued_and_what_is_poison_is_counted():
    for deaths in (0, LIMIT_OF_WORKER_DEATHS - 1):
        a_claim(a_run(on_lost=OnLost.RETRY, worker_deaths=deaths))

    watch(20)

    assert counted() == {"rescued": 2, "poison": 1}


def test_a_watch_that_broke_off_while_the_process_ran_is_counted():
    process = Reaper()
    process.reap()
    for seconds in (2, 600, 2, -600):
        age(seconds)
        process.reap()

    assert counted() == {"watch_resets": 2}


def test_the_first_look_of_a_process_interrupts_nothing():
    watch(10)
    age(600)

    Reaper().reap()

    assert counted() == {}


def test_many_silent_runs_are_decided_in_batches_each_under_a_watch(monkeypatch):
    monkeypatch.setattr(lifecycle, "reap", partial(lifecycle.reap, most=2))
    runs = {a_run(on_lost=OnLost.FAIL).pk for _ in range(5)}
    for run in runs:
        lifecycle.claim([lifecycle.Claim(run, run)], worker="w", pid=1, lease=LEASE)

    assert set(watch(20)) == runs
