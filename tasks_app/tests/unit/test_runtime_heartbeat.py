"""The heartbeat: what it does with answers, with silence, and with jobs that do not stop."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.models import Counter, TaskExecution
from tasks_app.models.counter import CounterQuerySet
from tasks_app.runtime import heartbeat as module
from tasks_app.runtime import spool
from tasks_app.runtime.exceptions import Overtaken
from tasks_app.runtime.heartbeat import MARGIN, MARGIN_OF_LIMIT, Heartbeat
from tasks_app.runtime.running import PACE, Running
from tasks_app.runtime.tally import Tally
from tasks_app.runtime.words import Word
from tasks_app.states import OnLost, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.outages import an_outage
from tasks_app.tests.runs import a_claim, a_run
from tasks_app.tests.system import eventually

# The heartbeat drops a connection that fails, also one with the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)


class Ended(Exception):
    """Instead of the end of this process."""


class Beat(Heartbeat):
    """A heartbeat that beats when the test says so."""

    def _ensure_threads(self) -> None:
        pass

    @contextmanager
    def of_one(self, on_lost: OnLost = OnLost.RETRY, **columns: Any) -> Iterator[Running]:
        claim = a_claim(a_run(on_lost=on_lost, **columns))
        running = Running(claim, TaskExecution.objects.get(pk=claim.id), time.monotonic())
        with self.of(running):
            yield running

    def beat(self) -> float:
        return self._beat()


@pytest.fixture
def heart(monkeypatch: pytest.MonkeyPatch) -> Beat:
    """In what looks like a pool's child, whose end the test survives."""

    def end_myself() -> None:
        raise Ended

    monkeypatch.setattr(module, "is_pool_child", lambda: True)
    monkeypatch.setattr(module, "end_myself", end_myself)
    return Beat()


@pytest.fixture
def shared(heart: Beat, monkeypatch: pytest.MonkeyPatch) -> Beat:
    """In a process that other runs share, as in a threads pool: it cannot be ended."""
    monkeypatch.setattr(module, "is_pool_child", lambda: False)
    return heart


@pytest.fixture
def slow_pace(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds between two words of a job, more than any machine stands still."""
    monkeypatch.setattr("tasks_app.runtime.running.PACE", 60.0)
    return 60.0


def test_a_beat_writes_what_a_job_told_since_its_last_word(heart: Beat, slow_pace: float) -> None:
    with heart.of_one() as running:
        running.report(10, "opening", {})
        running.report(20, "reading", {})
        assert _row(running).progress == 10

        heart.beat()
        assert (_row(running).progress, _row(running).progress_message) == (20, "reading")


def test_a_beat_renews_the_lease(heart: Beat) -> None:
    with heart.of_one() as running:
        age(10)
        old = _row(running).lease_until

        heart.beat()

        assert _row(running).lease_until > old


def test_a_beat_brings_back_that_somebody_asks_to_stop(heart: Beat) -> None:
    with heart.of_one() as running:
        lifecycle.cancel([running.claim.id], Canceller(None))

        assert heart.beat() < settings.HEARTBEAT_SECONDS
        assert running.is_cancelled()


def test_a_run_that_was_overtaken_ends_its_process(heart: Beat) -> None:
    with heart.of_one() as running:
        lifecycle.lose(running.claim)

        with pytest.raises(Ended):
            heart.beat()


def test_a_run_that_somebody_ended_is_asked_to_stop_and_has_its_grace(heart: Beat) -> None:
    with heart.of_one() as running:
        _end_by_hand(running)

        assert heart.beat() < settings.HEARTBEAT_SECONDS
        assert running.stop_asked_at
        running.proven_at -= settings.LEASE_SECONDS
        heart.beat()
        heart._end_unproven()
        running.stop_asked_at -= settings.CANCEL_GRACE_SECONDS
        with pytest.raises(Ended):
            heart.beat()

        assert (_row(running).status, _row(running).reason) == ("success", "set_by_hand")


def test_a_job_that_looks_is_told_that_somebody_ended_its_run(heart: Beat) -> None:
    with heart.of_one() as running:
        _end_by_hand(running)
        running._spoke_at -= PACE

        assert running.is_cancelled()


def test_a_job_that_looks_ends_where_it_was_overtaken(heart: Beat) -> None:
    with heart.of_one() as running:
        lifecycle.lose(running.claim)
        running._spoke_at -= PACE

        with pytest.raises(Overtaken):
            running.is_cancelled()


def test_a_job_that_tells_progress_ends_where_somebody_ended_its_run(heart: Beat) -> None:
    with heart.of_one() as running:
        _end_by_hand(running)

        with pytest.raises(Overtaken):
            running.report(50, "halfway", {})

        assert _row(running).progress == 100


def test_a_run_that_ended_meanwhile_ends_nothing(heart: Beat) -> None:
    with heart.of_one() as running:
        pass
    lifecycle.succeed([(running.claim, None)])

    heart._end(running, "execution=%s")


def test_a_run_that_ignores_a_cancel_is_revoked_and_its_process_ends(heart: Beat) -> None:
    with heart.of_one() as running:
        lifecycle.cancel([running.claim.id], Canceller(None))
        heart.beat()
        assert _row(running).status == "started"
        running.stop_asked_at = time.monotonic() - settings.CANCEL_GRACE_SECONDS

        with pytest.raises(Ended):
            heart.beat()

        assert (_row(running).status, _row(running).reason) == ("revoked", "cancelled")


@pytest.mark.parametrize("own, seconds", [(None, 100), (30, 30), (0, 0)])
def test_each_run_has_the_grace_of_its_own_task(
    heart: Beat, settings: Any, own: int | None, seconds: int
) -> None:
    settings.CANCEL_GRACE_SECONDS = 100
    with heart.of_one(cancel_grace=own) as running:
        running.stop_asked_at = time.monotonic() - seconds + 10
        if seconds:
            heart.beat()
        running.stop_asked_at -= 10

        with pytest.raises(Ended):
            heart.beat()


def test_a_run_that_was_overtaken_is_counted_before_its_process_ends(heart: Beat) -> None:
    with heart.of_one() as running:
        lifecycle.lose(running.claim)

        with pytest.raises(Ended):
            heart.beat()

    assert Counter.objects.get(name="fenced").value == 1


def test_one_that_cannot_be_ended_is_counted_once(shared: Beat) -> None:
    with shared.of_one() as running:
        lifecycle.lose(running.claim)

        for _ in range(3):
            shared.beat()

    assert Counter.objects.get(name="fenced").value == 1


def test_counts_that_cannot_be_written_cost_no_lease(heart: Beat, no_counters: Tally) -> None:
    with heart.of_one() as running:
        no_counters.add("dropped")
        age(10)
        old = _row(running).lease_until

        heart.beat()

        assert _row(running).lease_until > old


def test_counts_that_cannot_be_written_keep_no_zombie_alive(
    heart: Beat, no_counters: Tally
) -> None:
    with heart.of_one() as running:
        lifecycle.lose(running.claim)

        with pytest.raises(Ended):
            heart.beat()


@pytest.fixture
def no_counters(monkeypatch: pytest.MonkeyPatch) -> Tally:
    def refuse(*_: object) -> None:
        raise OperationalError("locked")

    tally = Tally()
    monkeypatch.setattr(module, "tally", tally)
    monkeypatch.setattr(CounterQuerySet, "add", refuse)
    return tally


class TestTheHardLimit:
    """Where the pool knows none, or its main process hangs."""

    @pytest.fixture(autouse=True)
    def _spool(self, settings: Any, tmp_path: Path) -> None:
        settings.VAR_DIR = tmp_path

    def test_a_child_whose_main_process_hangs_ends_itself(self, heart: Beat) -> None:
        with heart.of_one() as running:
            running.must_end_within(30)
            running.ends_by -= 30 + MARGIN_OF_LIMIT - 1
            heart._end_late()
            running.ends_by -= 1

            with pytest.raises(Ended):
                heart._end_late()

            row = _row(running)
            assert (row.status, row.reason) == ("failure", "timeout")
            assert row.error == "TimeLimitExceeded: The time limit of 30 s is over."

    def test_a_job_among_others_is_over_and_is_asked_to_stop(
        self, heart: Beat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "is_pool_child", lambda: False)
        with heart.of_one() as running:
            running.must_end_within(0)

            heart._end_late()

            assert running.stop_asked_at
            eventually(lambda: _row(running).reason == "timeout")
            assert (_row(running).status, spool.waiting()) == ("failure", [])

    def test_it_holds_in_an_outage_and_is_told_later(
        self, heart: Beat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Word, "say", _away)
        with heart.of_one() as running:
            running.must_end_within(-MARGIN_OF_LIMIT)

            with pytest.raises(Ended):
                heart._end_late()

            assert spool.word_of(running.claim.token)

    def test_without_one_a_run_may_go_on_for_ever(self, heart: Beat) -> None:
        with heart.of_one() as running:
            running.must_end_within(None)

            heart._end_late()

            assert running.stop_asked_at is None


def _away(word: Word) -> bool:
    raise OperationalError("the database is away")


def test_a_repeatable_run_without_proof_ends_before_somebody_else_begins(heart: Beat) -> None:
    with heart.of_one() as running:
        heart._end_unproven()
        running.proven_at = time.monotonic() - settings.LEASE_SECONDS + MARGIN

        with pytest.raises(Ended):
            heart._end_unproven()


def test_a_run_that_nobody_may_repeat_works_on_without_proof(heart: Beat) -> None:
    with heart.of_one(OnLost.FAIL) as running:
        running.proven_at = time.monotonic() - 10 * settings.LEASE_SECONDS

        heart._end_unproven()


def test_where_others_share_the_process_the_job_is_only_asked(shared: Beat) -> None:
    with shared.of_one() as running:
        lifecycle.lose(running.claim)

        shared.beat()

        assert running.is_cancelled()


def test_a_job_that_looks_during_an_outage_goes_on(heart: Beat, slow_pace: float) -> None:
    with heart.of_one() as running:
        running._spoke_at -= slow_pace

        with an_outage() as refused:
            assert not running.is_cancelled()
            assert not running.is_cancelled()

        assert len(refused) == 1


def test_progress_that_an_outage_swallowed_comes_with_the_next_beat(heart: Beat) -> None:
    with heart.of_one() as running:
        with an_outage():
            running.report(40, "nearly", {})
        assert _row(running).progress == 0

        heart.beat()

        assert (_row(running).progress, _row(running).progress_message) == (40, "nearly")


def _end_by_hand(running: Running) -> None:
    lifecycle.settle(
        running.claim.id, Status.SUCCESS, Canceller(None), progress=100, result=None, error=""
    )


def _row(running: Running) -> TaskExecution:
    return TaskExecution.objects.get(pk=running.claim.id)
