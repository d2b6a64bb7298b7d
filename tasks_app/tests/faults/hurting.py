"""What a fault is, and what it may do: hurt something that nobody hurts already, and heal it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import RedisError

from tasks_app.tests.faults.installation import QUEUES, Installation
from tasks_app.tests.faults.members import Member

# Kombu keeps a list for each step of priority; the step 0 has the queue's own name.
LISTS = [
    queue if step == 0 else f"{queue}\x06\x16{step}" for queue in QUEUES for step in (0, 3, 6, 9)
]
_KEPT = 200


class Done(NamedTuple):
    """A fault that was done to `subjects`, which `heal` ends after so many seconds.

    `facts` go into the history, such as the processes that died.
    """

    subjects: tuple[str, ...] = ()
    seconds: float = 0
    heal: Callable[[], object] = lambda: None
    facts: dict[str, Any] = {}


@dataclass
class Victim:
    """An installation with the dice of its nemesis; `busy` are the subjects hurt already."""

    installation: Installation
    rng: Random
    busy: set[str] = field(default_factory=set)
    messages: list[bytes] = field(default_factory=list)

    @property
    def lease(self) -> int:
        """In seconds."""
        return self.installation.size.lease

    def a_member(self, kind: str) -> Member | None:
        """Any of a kind that lives and is not hurt."""
        whole = [
            member
            for member in self.installation.of_kind(kind)
            if member.lives and member.name not in self.busy
        ]
        return self.rng.choice(whole) if whole else None

    def is_whole(self, subject: str) -> bool:
        return subject not in self.busy

    def broker(self) -> Redis:
        """A client that does not wait for a broker that is hurt."""
        return Redis.from_url(self.installation.broker.url, socket_timeout=1)

    def remember_messages(self) -> None:
        """Keep copies of what lies in the queues, to deliver it again later."""
        with suppress(RedisError), self.broker() as client:
            for name in LISTS:
                self.messages += client.lrange(name, 0, 20)
        del self.messages[:-_KEPT]


Act = Callable[[Victim], Done | None]


class Fault(NamedTuple):
    """One way to hurt: how often beside the others, and on which databases it makes sense."""

    name: str
    weight: float
    act: Act
    databases: tuple[str, ...] = ("postgresql", "sqlite")
