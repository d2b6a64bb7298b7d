"""How the clients of another system's document read what we answer."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tasks_app.states import Priority, Status, read_status

Row = Mapping[str, Any]
# Turns an answer of ours into the document's.
Shape = Callable[["Translation", Any], dict[str, Any]]


@dataclass(frozen=True)
class Translation:
    """One document's words and types, and the paths that it shares with us.

    `shapes` tells by resource and action (`task.create`) what is answered there. On all other
    paths, and for refusals, answers stay as they are.
    """

    words: Mapping[Status, str]
    priorities: Mapping[Priority, int | str]
    shapes: Mapping[str, Shape]

    def shares(self, path: str) -> bool:
        """Whether the document has this path."""
        return path in self.shapes

    def translate(self, path: str, answer: Any) -> dict[str, Any]:
        """What the document's clients read instead of `answer`."""
        return self.shapes[path](self, answer)

    def meant_by(self, word: str) -> tuple[Status, ...]:
        """The statuses answered with this word in any case, else the one it means anywhere.

        Raises ValueError if it means none.
        """
        spoken = word.strip().lower()
        told_so = tuple(status for status in Status if self.words[status] == spoken)
        return told_so or (read_status(word),)

    def run(self, row: Row) -> dict[str, Any]:
        """A run, with the words and types of the document and all our other fields."""
        return {
            **row,
            "status": self.words[Status(row["status"])],
            "priority": self.priorities[Priority(row["priority"])],
            # Rounded down, so that 100 is not told before it is reached.
            "progress": int(row["progress"]),
        }

    def task(self, row: Row) -> dict[str, Any]:
        """A task like a run, with the id of its run as the documents call it."""
        return self.run(row) | {"celery_id": row["execution_id"]}


def a_task(dialect: Translation, answer: Any) -> dict[str, Any]:
    """A task, and the runs that a verb tells of beside it."""
    told = dialect.task(answer)
    if told.get("execution"):
        told["execution"] = dialect.run(told["execution"])
    if "executions" in told:
        told["executions"] = [dialect.run(run) for run in told["executions"]]
    return told


def a_page(dialect: Translation, answer: dict[str, Any]) -> dict[str, Any]:
    """A page of tasks."""
    return answer | {"results": [dialect.task(row) for row in answer["results"]]}


def a_count(dialect: Translation, answer: dict[str, Any]) -> dict[str, Any]:
    """How many tasks there are, by the document's words."""
    by_word: Counter[str] = Counter()
    for status, number in answer["by_status"].items():
        by_word[dialect.words[Status(status)]] += number
    return answer | {"by_status": dict(by_word)}
