"""Reading the log of a run, for every door."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks_app.models import LogLine, TaskExecution
from tasks_app.models.log_line import PER_ATTEMPT
from tasks_app.services.actor import Actor
from tasks_app.services.finding import get_execution
from tasks_app.states import FINAL

# What a line says that stands for lines which were dropped.
MARKER = "belfry"


@dataclass(frozen=True)
class RunLogPage:
    """Some lines of a log, the oldest first; numbers that are missing are told by a marker line.

    `after` is where to read on. `final`: the run has ended, and its log with it. `dropped` counts
    the lines of the whole log that are not kept. `earlier`: there are lines before these.
    """

    execution: TaskExecution
    lines: list[LogLine]
    after: int
    final: bool
    dropped: int
    earlier: bool = False


def read_log(actor: Actor, execution: TaskExecution, *, after: int = 0, limit: int) -> RunLogPage:
    """The first lines behind the number `after`, `limit` at most and markers. Raises NotFound."""
    # The run first: when it is final, all of its lines are there.
    execution = get_execution(actor, execution.pk)
    lines = LogLine.objects.of_execution(execution.pk)
    found = list(lines.after(after).in_order()[:limit])
    return _page(execution, found, after, earlier=after > 0)


def read_log_backwards(
    actor: Actor, execution: TaskExecution, *, before: int | None = None, limit: int
) -> RunLogPage:
    """The last lines, or the last before the number `before`. Raises NotFound."""
    execution = get_execution(actor, execution.pk)
    lines = LogLine.objects.of_execution(execution.pk)
    if before is not None:
        lines = lines.before(before)
    found = list(lines.newest_first()[: limit + 1])[::-1]
    earlier = len(found) > limit
    after = found.pop(0).number if earlier else 0
    return _page(execution, found, after, earlier=earlier)


def _page(
    execution: TaskExecution, found: list[LogLine], after: int, *, earlier: bool
) -> RunLogPage:
    return RunLogPage(
        execution=execution,
        lines=list(_with_markers(found, after)),
        after=found[-1].number if found else after,
        final=execution.status in FINAL,
        dropped=LogLine.objects.of_execution(execution.pk).count_dropped(),
        earlier=earlier,
    )


def _with_markers(lines: Iterable[LogLine], after: int) -> Iterator[LogLine]:
    """A marker has the number of the last line that it stands for, and is stored nowhere."""
    for line in lines:
        begin = max(after, line.attempt * PER_ATTEMPT)
        if dropped := line.number - begin - 1:
            yield LogLine(
                execution_id=line.execution_id,
                attempt=line.attempt,
                number=line.number - 1,
                at=line.at,
                level="WARNING",
                logger=MARKER,
                text=f"{dropped:,} line{'s' * (dropped > 1)} dropped here",
            )
        yield line
        after = line.number
