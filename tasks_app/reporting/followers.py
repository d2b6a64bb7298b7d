"""What waits for the end of a run: the callbacks, chain, chord and errbacks of its envelope."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tasks_app.models import TaskExecution

THEN, CHORD, ON_ERROR = "then", "chord", "on_error"


class Follower(NamedTuple):
    """A job that runs when this run succeeds (`then`), when all of its group have (`chord`), or
    when it fails (`on_error`)."""

    kind: str
    job: str


def followers(execution: TaskExecution) -> list[Follower]:
    """In the order in which they come. Their arguments are left out."""
    return list(_followers(execution.envelope))


def _followers(envelope: dict[str, Any]) -> Iterator[Follower]:
    for step in envelope.get("link", []):
        yield Follower(THEN, step["task"])
    # Celery keeps the steps of a chain last to first.
    for step in reversed(envelope.get("chain") or []):
        yield Follower(THEN, step["task"])
    if body := envelope.get("chord"):
        yield Follower(CHORD, body["task"])
    for step in envelope.get("link_error", []):
        yield Follower(ON_ERROR, step["task"])
