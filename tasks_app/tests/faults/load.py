"""What clients do while everything is hurt: submit, cancel, run again; and what they were told."""

import threading
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from tasks_app.tests.faults.client import ACKNOWLEDGED, UNKNOWN, Answer, Client
from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.jobs import PATH

# Of the runs that were acknowledged, so many may be cancelled or run again.
_REMEMBERED = 200
_GONE = (404, 405)


class Kind(NamedTuple):
    """A task that clients execute: how often beside the others, its policies, its arguments."""

    weight: float
    policies: dict[str, Any] = {}
    arguments: Callable[[Random], dict[str, Any]] = lambda _: {}


def _seconds(rng: Random) -> dict[str, Any]:
    return {"seconds": round(rng.uniform(0.5, 4), 1)}


_QUICK_RETRIES = {"max_retries": 3, "retry_backoff": 1, "retry_backoff_max": 1}
KINDS = {
    "short": Kind(50),
    "once": Kind(10),
    "once_long": Kind(4, {}, _seconds),
    "long": Kind(12, {}, _seconds),
    "deaf": Kind(4, {}, _seconds),
    "flaky": Kind(8, _QUICK_RETRIES, lambda rng: {"failures": rng.randint(1, 2)}),
    "hopeless": Kind(2, {**_QUICK_RETRIES, "max_retries": 1}, lambda _: {"failures": 9}),
    "in_line": Kind(3, {}, lambda rng: {"steps": rng.randint(2, 3)}),
    "together": Kind(3, {}, lambda rng: {"steps": rng.randint(2, 4)}),
    "deadly": Kind(0.3),
}
_JOBS = {"once_long": "once", "hopeless": "flaky"}


def job_of(kind: str) -> str:
    """The registered name of a kind's job."""
    return f"{PATH}.{_JOBS.get(kind, kind)}"


def define_tasks(client: Client) -> None:
    """One task for each kind, by its name as key. Needs a server that nobody hurts yet."""
    for name, kind in KINDS.items():
        example = {"mark": "none", **kind.arguments(Random(0))}
        told = {"name": name, "key": name, "celery_task_name": job_of(name), "kwargs": example}
        answer = client.ask("POST", "tasks/", {**told, **kind.policies, "start": "manual"})
        assert answer.outcome == ACKNOWLEDGED, answer


class Load:
    """So many clients at once, each with its own dice; `rate` is their requests a second in all."""

    def __init__(
        self, client: Client, history: History, seed: int, *, rate: float = 10, clients: int = 4
    ) -> None:
        self.client, self._history = client, history
        self._rate = rate / clients
        self._over = threading.Event()
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        # Until the server says that it has no such path.
        self._reruns = True
        self._threads = [
            threading.Thread(target=self._act, args=[Random(f"{seed} client {number}")])
            for number in range(clients)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _act(self, rng: Random) -> None:
        while not self._over.wait(rng.expovariate(self._rate)):
            self.act(rng)

    def act(self, rng: Random) -> None:
        """Do one thing."""
        deeds = {self.execute: 80, self.create: 6, self.cancel: 10, self.rerun: 4}
        rng.choices(list(deeds), list(deeds.values()))[0](rng)

    def execute(self, rng: Random) -> None:
        """Run one of the tasks."""
        name = rng.choices(list(KINDS), [kind.weight for kind in KINDS.values()])[0]
        own = mark(rng)
        body = {"kwargs": {"mark": own, **KINDS[name].arguments(rng)}}
        answer = self.client.ask("POST", f"tasks/{name}/execute/", body)
        self.note("submit", answer, kind=name, mark=own)

    def create(self, rng: Random) -> None:
        """Define a task that runs at once. Without an answer the same is asked again: its key
        keeps it from being made twice."""
        own = mark(rng)
        body = {"name": own, "key": f"key-{own}", "celery_task_name": job_of("short")}
        for _ in range(2):
            answer = self.client.ask("POST", "tasks/", {**body, "kwargs": {"mark": own}})
            self.note("submit", answer, kind="create", mark=own)
            if answer.outcome != UNKNOWN:
                return

    def cancel(self, rng: Random) -> None:
        """Cancel what was submitted last, mostly: it may still wait."""
        if not self._recent:
            return
        at = -1 if rng.random() < 0.6 else rng.randrange(len(self._recent))
        execution = self._recent[at]
        answer = self.client.ask("POST", f"executions/{execution}/cancel/")
        self.note("cancel", answer, of=execution)

    def rerun(self, rng: Random) -> None:
        """Run something again as it was."""
        if not (self._recent and self._reruns):
            return
        execution = rng.choice(self._recent)
        answer = self.client.ask("POST", f"executions/{execution}/rerun/", {})
        self._reruns = answer.status not in _GONE
        if self._reruns:
            self.note("rerun", answer, of=execution)

    def note(self, what: str, answer: Answer, **facts: Any) -> None:
        """Write down what came of a request."""
        told = answer.body if isinstance(answer.body, dict) else {}
        # Who defines a task is told the run beside it.
        execution = told.get("execution_id") or told.get("id")
        is_told = answer.outcome == ACKNOWLEDGED
        self._history.note(
            what,
            outcome=answer.outcome,
            answered=answer.status,
            execution=execution if is_told else None,
            code=told.get("code"),
            status=told.get("status"),
            attempt=told.get("attempt"),
            asked_at=answer.asked_at,
            seconds=answer.seconds,
            **facts,
        )
        if is_told and what == "submit" and facts["kind"] != "deadly":
            self._recent.append(str(execution))


def mark(rng: Random) -> str:
    """A word that nobody else has."""
    return str(UUID(int=rng.getrandbits(128), version=4))
