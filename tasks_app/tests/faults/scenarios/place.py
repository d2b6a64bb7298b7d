"""An installation on which one scenario after the other is played, and what they ask of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError

from tasks_app.tests.faults.checker import violations
from tasks_app.tests.faults.client import ACKNOWLEDGED, Answer, Client
from tasks_app.tests.faults.histories import Line
from tasks_app.tests.faults.hurting import LISTS
from tasks_app.tests.faults.installation import Installation, Size, an_installation, wait_until
from tasks_app.tests.faults.load import Load, define_tasks
from tasks_app.tests.faults.members import Member
from tasks_app.tests.faults.sampler import AWAY
from tasks_app.tests.faults.tables import FINAL, Row
from tasks_app.tests.faults.trial import drain, gather_from, messages

# Seconds in which a worker that is idle begins what was submitted; the machine is busy.
SOON = 15.0
# A tick may be late by so much.
LATE = timedelta(seconds=3)


class Place:
    """What is submitted here is noted, so that the checks of a trial know of it."""

    def __init__(self, installation: Installation, client: Client) -> None:
        self.installation, self.client = installation, client
        self._load = Load(client, installation.histories.clients, seed=0)
        self._busy_until = datetime.min.replace(tzinfo=UTC)

    # Clients.

    def ask_for(self, kind: str, **arguments: Any) -> Answer:
        """Ask for a run of a kind of the load, whatever comes of it."""
        mark = str(uuid4())
        answer = self.client.ask(
            "POST", f"tasks/{kind}/execute/", {"kwargs": {"mark": mark, **arguments}}
        )
        self._load.note("submit", answer, kind=kind, mark=mark)
        return answer

    def submit(self, kind: str, **arguments: Any) -> str:
        """The same where it must be acknowledged; the execution's id."""
        answer = self.ask_for(kind, **arguments)
        assert answer.outcome == ACKNOWLEDGED, answer
        return str(answer.body["id"])

    def cancel(self, execution: str) -> Answer:
        answer = self.client.ask("POST", f"executions/{execution}/cancel/")
        self._load.note("cancel", answer, of=execution)
        return answer

    # What is known of a run.

    def rows(self, executions: Sequence[str]) -> list[Row]:
        """In their order."""
        words = ", ".join(f"'{each}'" for each in self._as_stored(executions))
        found = self.installation.database.rows(
            f"SELECT * FROM task_executions WHERE id IN ({words})"  # noqa: S608  (ids)
        )
        by_id = {row["id"]: row for row in found}
        return [by_id[each] for each in executions]

    def _as_stored(self, executions: Sequence[str]) -> Sequence[str]:
        """SQLite keeps ids without their hyphens."""
        return executions if self.installation.server else [x.replace("-", "") for x in executions]

    def bodies(self, execution: str, what: str = "begin") -> list[Line]:
        """What its bodies said outside the database."""
        effects = self.installation.histories.read("effects")
        return [x for x in effects if x["execution"] == execution and x["what"] == what]

    def begins(self, execution: str, *, attempt: int = 1, within: float = SOON) -> Line:
        """The line of that attempt's begin, once it is there."""
        wait_until(lambda: len(self.bodies(execution)) >= attempt, seconds=within)
        return self.bodies(execution)[attempt - 1]

    def becomes(self, execution: str, is_so: Callable[[Row], bool], *, within: float = SOON) -> Row:
        """The row once it is so; whoever asks meanwhile may be without a database."""

        def look() -> bool:
            with suppress(*AWAY):
                return is_so(self.rows([execution])[0])
            return False

        wait_until(look, seconds=within)
        return self.rows([execution])[0]

    def ends(self, *executions: str, within: float = 45) -> list[Row]:
        """The rows once all are final."""
        deadline = time.monotonic() + within
        return [
            self.becomes(
                each,
                lambda row: row["status"] in FINAL,
                within=max(0.1, deadline - time.monotonic()),
            )
            for each in executions
        ]

    # Processes and messages.

    def worker_of(self, begun: Line) -> Member:
        """The worker whose process that body ran in."""
        return next(each for each in self.installation.workers if begun["pid"] in each.children())

    def messages(self) -> list[bytes]:
        """Copies of all that lie in the queues."""
        client: Any = self.installation.broker.client
        return [message for name in LISTS for message in client.lrange(name, 0, -1)]

    def busy_until(self, end: datetime) -> None:
        """A schedule was defined that fires until then: nothing is over before."""
        self._busy_until = max(self._busy_until, end)

    def settle(self) -> dict[str, list[str]]:
        """Heal, wait until all is over, and what the checks of a trial find then."""
        self.installation.heal()
        wait_until(lambda: datetime.now(UTC) > self._busy_until + LATE, seconds=60)
        wait_until(self._is_whole, seconds=4 * SOON)
        assert drain(self.installation) is not None
        found = violations(gather_from(self.installation))
        return {code: told for code, told in found.items() if told}

    def _is_whole(self) -> bool:
        with suppress(*AWAY, RedisError):
            messages(self.installation)
            answer = self.client.ask("GET", "tasks/")
            return self.installation.is_complete() and answer.outcome == ACKNOWLEDGED
        return False


@contextmanager
def a_place(folder: Path, size: Size) -> Iterator[Place]:
    """Everything runs, and the tasks of the load are defined."""
    with an_installation(folder, size) as installation:
        client = Client(installation.port, installation.prepare())
        installation.start()
        define_tasks(client)
        yield Place(installation, client)
