"""A ledger, a broker that loses and repeats, workers that die and wake: any order of it all.

Hypothesis draws the orders. Time is moved, workers are claims in memory, the broker is a list;
lifecycle and sweeps are the real ones, on the test's database.
"""

from collections import Counter
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tasks_app import broker, lifecycle
from tasks_app.broker import Doorbell
from tasks_app.lifecycle import Canceller, Claim, Failing
from tasks_app.maintenance import Relay, ring_unsent
from tasks_app.models import Control, TaskExecution
from tasks_app.states import WAITING, OnLost, Reason, Status, Trigger
from tasks_app.tests.ageing import _age
from tasks_app.tests.reaping import reap
from tasks_app.tests.runs import JOB, LEASE

# A step of time: short enough for the reapers' watch, which a gap of 5 s breaks.
STEP = 4
# Steps after which a dead worker's run is decided: a lease, a reaper's look, a relay's.
DECIDED = 6
MOST_DEATHS = lifecycle.LIMIT_OF_WORKER_DEATHS


class Ledger(RuleBasedStateMachine):
    """What may happen, in any order, and what must hold after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[UUID] = []
        self.claims: list[Claim] = []
        # Of each run: the claim that holds it, by all that this model knows.
        self.holders: dict[UUID, Claim] = {}
        self.living: set[Claim] = set()
        self.attempts: set[tuple[UUID, int]] = set()
        self.deaths: Counter[UUID] = Counter()
        self.never: set[UUID] = set()
        self.ended: dict[UUID, dict[str, Any]] = {}
        self.known: set[UUID] = set()
        self._relay = Relay()
        self._block = transaction.atomic()
        self._block.__enter__()
        self._broker = patch.multiple(
            broker, ring=self._rung, lengths=self._lengths, check=lambda: None
        )
        self._broker.start()

    @initialize()
    def watch(self) -> None:
        """Reapers looked for a while already, or none of their words would count."""
        self.let_time_pass(DECIDED)
        for on_lost in (OnLost.RETRY, OnLost.RETRY, OnLost.FAIL):
            self.submit(on_lost, is_rung=True)

    # What may happen.

    @rule(on_lost=st.sampled_from([OnLost.RETRY, OnLost.FAIL]), is_rung=st.booleans())
    def submit(self, on_lost: OnLost, is_rung: bool) -> None:
        """A run is written down; its doorbell rings, or is lost with the process."""
        run = TaskExecution(celery_task_name=JOB, trigger=Trigger.CODE, on_lost=on_lost)
        lifecycle.submit([run])
        self.known.add(run.pk)
        if is_rung:
            self.messages.append(run.pk)

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), stays=st.booleans())
    def deliver(self, data: st.DataObject, stays: bool) -> None:
        """A worker gets a message, which may come again."""
        message = data.draw(st.sampled_from(self.messages))
        if not stays:
            self.messages.remove(message)
        self._claim(message)

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """The usual way of a message."""
        self._claim(self.messages.pop(data.draw(st.integers(0, len(self.messages) - 1))))

    @rule(data=st.data(), trouble=st.sampled_from(["wipe", "die", "outage", "cancel"]))
    def break_something(self, data: st.DataObject, trouble: str) -> None:
        """One of the things that nobody asked for; a cancel is asked for by somebody else."""
        getattr(self, f"_{trouble}")(data)

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def succeed_a_dead_one(self, data: st.DataObject) -> None:
        """A worker dies, and its run goes to another as soon as it may."""
        dead = data.draw(st.sampled_from(sorted(self.living)))
        self.living.remove(dead)
        self.let_time_pass(DECIDED)
        if dead.id in self.messages:
            self.messages.remove(dead.id)
            self._claim(dead.id)

    @precondition(lambda self: self.claims)
    @rule(
        data=st.data(),
        word=st.sampled_from(["succeed", "fail", "retry", "give_back", "unclaim", "lose", "renew"]),
    )
    def say(self, data: st.DataObject, word: str) -> None:
        """Any claim ever made says something: only that of the holder counts."""
        claim = data.draw(st.sampled_from(self.claims))
        held = self.holders.get(claim.id) == claim
        before = _row(claim.id)
        counts = getattr(self, f"_{word}")(claim)
        if held:
            assert counts
        elif before["claim_token"] != claim.token:
            assert not counts
            assert _row(claim.id) == before

    @rule(steps=st.sampled_from([1, DECIDED]))
    def let_time_pass(self, steps: int) -> None:
        """Living workers speak, reapers and relays look."""
        for _ in range(steps):
            _grow_older(STEP)
            if living := self._living_holders():
                lifecycle.renew(living, lease=LEASE)
            self._reap()
        ring_unsent()
        for _ in range(2):
            self._relay.ring_missing()

    # What must hold.

    @invariant()
    def every_run_has_one_explained_row(self) -> None:
        rows = {row.pk: row for row in TaskExecution.objects.all()}
        assert self.known <= rows.keys()
        for row in rows.values():
            assert row.reason or row.status not in (Status.FAILURE, Status.REVOKED)
            assert row.worker_deaths == self.deaths[row.pk] <= MOST_DEATHS
            if row.status == Status.SUCCESS:
                assert row.result == str(row.claim_token)
            if row.status == Status.STARTED:
                assert self.holders[row.pk].token == row.claim_token

    @invariant()
    def an_end_is_never_left(self) -> None:
        columns = ("pk", "status", "reason", "result", "error", "claim_token", "attempt")
        for row in TaskExecution.objects.final().values(*columns):
            assert self.ended.setdefault(row["pk"], row) == row

    def teardown(self) -> None:
        """Once nothing breaks any more, every run ends."""
        try:
            self._heal()
        finally:
            self._broker.stop()
            transaction.set_rollback(True)
            self._block.__exit__(None, None, None)

    # How it is done.

    def _wipe(self, _: st.DataObject) -> None:
        """The broker forgets all."""
        self.messages.clear()

    def _die(self, data: st.DataObject) -> None:
        """A worker is killed, or frozen: it may come back as a zombie."""
        if self.living:
            self.living.remove(data.draw(st.sampled_from(sorted(self.living))))

    def _outage(self, _: st.DataObject) -> None:
        """The database is away for longer than a lease; a reaper is the first to be back."""
        _grow_older(2 * LEASE)
        self._reap()

    def _cancel(self, data: st.DataObject) -> None:
        """What waits never starts."""
        run = data.draw(st.sampled_from(sorted(self.known)))
        if _row(run)["status"] in WAITING:
            self.never.add(run)
        lifecycle.cancel([run], Canceller(None))

    def _heal(self) -> None:
        for _ in range(2 * MOST_DEATHS):
            if not TaskExecution.objects.live().exists():
                break
            self.let_time_pass(DECIDED)
            while self.messages:
                self._claim(self.messages.pop())
            for claim in list(self.living):
                self._succeed(claim)
        self.every_run_has_one_explained_row()
        self.an_end_is_never_left()
        left = TaskExecution.objects.live().values_list("status", "reason", "attempt")
        assert not list(left)

    def _claim(self, run: UUID) -> None:
        claim = Claim(run, uuid4())
        for row in lifecycle.claim([claim], worker="w@here", pid=1, lease=LEASE):
            assert run not in self.never
            assert run not in self.holders
            assert (run, row.attempt) not in self.attempts
            self.attempts.add((run, row.attempt))
            self.holders[run] = claim
            self.claims.append(claim)
            self.living.add(claim)

    def _living_holders(self) -> list[Claim]:
        return [claim for claim in self.living if self.holders.get(claim.id) == claim]

    def _reap(self) -> None:
        """Who lives keeps what it holds."""
        decided = reap()
        assert not {claim.id for claim in self._living_holders()} & set(decided)
        for run in decided:
            del self.holders[run]
            self.deaths[run] += 1

    def _succeed(self, claim: Claim) -> bool:
        return self._over(claim, bool(lifecycle.succeed([(claim, str(claim.token))])))

    def _fail(self, claim: Claim) -> bool:
        return self._over(claim, lifecycle.fail(claim, Reason.ERROR, Failing("Error: no")))

    def _retry(self, claim: Claim) -> bool:
        return self._over(claim, lifecycle.retry(claim, 0, Failing("Error: again")))

    def _give_back(self, claim: Claim) -> bool:
        return self._over(claim, lifecycle.give_back(claim))

    def _unclaim(self, claim: Claim) -> bool:
        return self._over(claim, lifecycle.unclaim(claim))

    def _lose(self, claim: Claim) -> bool:
        counts = self._over(claim, lifecycle.lose(claim))
        self.deaths[claim.id] += counts
        return counts

    def _renew(self, claim: Claim) -> bool:
        return claim.id in lifecycle.renew([claim], lease=LEASE)

    def _over(self, claim: Claim, counts: bool) -> bool:
        if counts and self.holders.get(claim.id) == claim:
            del self.holders[claim.id]
        self.living.discard(claim)
        return counts

    def _rung(self, bells: list[Doorbell]) -> list[Doorbell]:
        self.messages += [bell.id for bell in bells]
        return []

    def _lengths(self, queues: list[str]) -> dict[str, int]:
        return dict.fromkeys(queues, len(self.messages))


def _grow_older(seconds: float) -> None:
    """As `age` does, for the tables that matter here: it is done hundreds of times."""
    for model in (TaskExecution, Control):
        _age(model, seconds)


def _row(run: UUID) -> dict[str, Any]:
    """Without the moments that a word of its own holder changes."""
    row: Any = TaskExecution.objects.filter(pk=run).values().get()
    return dict(row)
