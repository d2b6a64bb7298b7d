"""A trial without processes: workers, broker and clients live here, the database is the test's.

Time is moved. What bodies do and clients hear is noted as in a trial, and held against the final
tables by the same checks.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import OperationalError, connection, transaction

from tasks_app import broker, lifecycle
from tasks_app.broker import Doorbell
from tasks_app.lifecycle import Claim, Failing
from tasks_app.maintenance import Relay, ring_unsent
from tasks_app.models import Attempt, Control, TaskExecution
from tasks_app.states import OnLost, Trigger
from tasks_app.tests.ageing import _age
from tasks_app.tests.faults.checker import violations
from tasks_app.tests.faults.client import ACKNOWLEDGED, UNKNOWN
from tasks_app.tests.faults.evidence import Evidence, Leftovers
from tasks_app.tests.faults.figures import _overlaps
from tasks_app.tests.faults.histories import Line
from tasks_app.tests.faults.mutants import LIVING, OVERLAP
from tasks_app.tests.faults.proxy import Link
from tasks_app.tests.faults.tables import Row, _plain, _read, read_tables
from tasks_app.tests.outages import an_outage
from tasks_app.tests.reaping import reap
from tasks_app.tests.runs import JOB, LEASE

# A step of time in seconds: short enough for the reapers' watch, which a gap of 5 s breaks.
STEP = 4
# Steps after which a dead worker's run is decided: a lease, a reaper's look, a relay's.
DECIDED = 6


class Here:
    """The test's own database, read past the product."""

    url = ""

    def url_over(self, link: Link | None) -> str:
        return self.url

    def rows(self, question: str) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            names = [column[0] for column in cursor.description]
            return [_read(_plain(zip(names, row, strict=True))) for row in cursor.fetchall()]


class Rehearsal:
    """What happens on the stage, and what is known of it outside the database."""

    def __init__(self) -> None:
        self.messages: list[UUID] = []
        self.attempts: dict[Claim, int] = {}
        self.living: set[Claim] = set()
        self.dead: set[UUID] = set()
        self.lost: list[str] = []
        self.clients: list[Line] = []
        self.effects: list[Line] = []
        self.finals: list[Line] = []
        self._relay = Relay()

    @contextmanager
    def staged(self) -> Iterator["Rehearsal"]:
        """While the block runs, doorbells lie in a list; reapers looked for a while already."""
        with patch.multiple(broker, ring=self._rung, lengths=self._lengths, check=lambda: None):
            self.let_time_pass()
            yield self

    # Clients.

    def submit(
        self, mark: str, on_lost: OnLost = OnLost.RETRY, *, database_goes: bool = False
    ) -> UUID:
        """A request of a client; the database may go away when it is committed."""
        run = TaskExecution(
            celery_task_name=JOB, trigger=Trigger.API, on_lost=on_lost, kwargs={"mark": mark}
        )
        outcome = ACKNOWLEDGED
        with ExitStack() as stack:
            try:
                with transaction.atomic():
                    if database_goes:
                        transaction.on_commit(lambda: stack.enter_context(an_outage()))
                    lifecycle.submit([run])
            except OperationalError:
                outcome = UNKNOWN
        self.hear("submit", outcome, execution=str(run.pk), mark=mark)
        return run.pk

    def hear(self, what: str, outcome: str = ACKNOWLEDGED, **facts: Any) -> None:
        self.clients.append({"what": what, "outcome": outcome, **facts})

    def see_the_final(self) -> None:
        """As the sampler of a trial does. Time must not be moved after it."""
        self.finals.append({"rows": [_seen(row) for row in read_tables(Here()).runs]})

    # Workers.

    def begin(self, message: UUID | None = None) -> Claim | None:
        """A worker gets the oldest message, or a copy of one; its claim, if a body begins."""
        if message is None:
            message = self.messages.pop(0)
        claim = Claim(message, uuid4())
        return self.began(claim, self.ask_for(claim))

    def ask_for(self, claim: Claim) -> list[TaskExecution]:
        return lifecycle.claim([claim], worker="w@here", pid=1, lease=LEASE)

    def began(self, claim: Claim, rows: list[TaskExecution]) -> Claim | None:
        """What a worker does with the answer to its claim."""
        if not rows:
            return None
        self.attempts[claim] = rows[0].attempt
        self.living.add(claim)
        self._note("begin", claim)
        return claim

    def finish(self, claim: Claim) -> None:
        self.living.discard(claim)
        self._note("end", claim)
        self.tell_of_success(claim)

    def tell_of_success(self, claim: Claim) -> None:
        lifecycle.succeed([(claim, {"attempt": self.attempts[claim]})])

    def fail_a_try(self, claim: Claim) -> None:
        self.living.discard(claim)
        error = f"attempt {self.attempts[claim]} failed"
        lifecycle.retry(claim, 0, Failing(f"ConnectionError: {error}"))

    def die(self, claim: Claim) -> None:
        """Its process is killed, or frozen for so long that nobody can tell."""
        self.living.discard(claim)
        self.dead.add(claim.token)

    def _note(self, what: str, claim: Claim) -> None:
        line = {"execution": str(claim.id), "attempt": self.attempts[claim], "pid": 1}
        self.effects.append({"what": what, "at": len(self.effects), **line})

    # Time.

    def let_time_pass(self, steps: int = DECIDED) -> None:
        """Living workers speak, reapers and relays look."""
        for _ in range(steps):
            grow_older(STEP)
            if self.living:
                lifecycle.renew(list(self.living), lease=LEASE)
            self.reap()
        ring_unsent()
        for _ in range(2):
            self._relay.ring_missing()

    def reap(self) -> None:
        """One look; who was declared lost must be dead."""
        held = TaskExecution.objects.running().values_list("pk", "claim_token")
        holders = dict(held)
        for run in reap():
            if holders[run] not in self.dead:
                self.lost.append(f"{run} was declared lost, and its worker lives")

    def drain(self) -> None:
        """Nothing breaks any more; whatever can end does."""
        for _ in range(5):
            for claim in list(self.living):
                self.finish(claim)
            if not TaskExecution.objects.live().exists():
                break
            self.let_time_pass()
            while self.messages:
                self.begin()
        self.messages.clear()

    # Judgement.

    def findings(self) -> dict[str, list[str]]:
        """What each check found, without those that found nothing."""
        evidence = Evidence(
            self.clients,
            self.effects,
            finals=self.finals,
            tables=read_tables(Here()),
            leftovers=Leftovers({"default": len(self.messages)}),
        )
        found = violations(evidence)
        found[LIVING] = self.lost
        found[OVERLAP] = [f"{_overlaps(evidence)} bodies"] if _overlaps(evidence) else []
        return {code: told for code, told in found.items() if told}

    def _rung(self, bells: list[Doorbell]) -> list[Doorbell]:
        self.messages += [bell.id for bell in bells]
        return []

    def _lengths(self, queues: list[str]) -> dict[str, int]:
        return dict.fromkeys(queues, len(self.messages))


def grow_older(seconds: float) -> None:
    """As `age` does, for the tables that matter here."""
    for model in (TaskExecution, Attempt, Control):
        _age(model, seconds)


def _seen(row: Row) -> Row:
    return {**row, "finished_at": row["finished_at"] and row["finished_at"].isoformat()}
