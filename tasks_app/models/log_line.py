"""What runs logged, line by line."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, Max

from tasks_app.models.json_rows import as_json, json_rows

if TYPE_CHECKING:
    from tasks_app.models.execution import TaskExecution

# Each attempt numbers its lines from here on, times its own number: what a later attempt logs comes
# later, and a zombie's lines never meet those of its successor. JavaScript counts that far too.
PER_ATTEMPT = 1_000_000_000


class NewLine(NamedTuple):
    """A line to be stored: all of what its row holds."""

    execution_id: UUID
    attempt: int
    number: int
    at: datetime
    level: str
    logger: str
    text: str


_KINDS = dict(
    zip(
        NewLine._fields,
        ["uuid", "integer", "integer", "moment", "text", "text", "text"],
        strict=True,
    )
)


class LogLineQuerySet(models.QuerySet["LogLine"]):
    """Questions about lines."""

    def of_execution(self, execution_id: UUID) -> Self:
        return self.filter(execution_id=execution_id)

    def of_executions(self, ids: Iterable[UUID]) -> Self:
        return self.filter(execution__in=list(ids))

    def count_by_run(self, ids: Iterable[UUID]) -> dict[UUID, int]:
        """How many lines each of these runs has; those without any are left out."""
        counted = self.of_executions(ids).order_by().values("execution").annotate(lines=Count("pk"))
        return dict(counted.values_list("execution", "lines"))

    def of_attempt(self, execution: "TaskExecution | UUID", attempt: int) -> Self:
        return self.filter(execution=execution, attempt=attempt)

    def after(self, number: int) -> Self:
        return self.filter(number__gt=number)

    def before(self, number: int) -> Self:
        return self.filter(number__lt=number)

    def in_order(self) -> Self:
        return self.order_by("number")

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def store(self, lines: Sequence[NewLine]) -> None:
        """Insert them by one statement with one parameter, at a quarter of what objects would cost.

        A line that is there already stays as it is. Raises IntegrityError if the run is not there.
        """
        columns = ", ".join(NewLine._fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO log_lines ({columns}) SELECT {columns} "  # noqa: S608  (our own names)
                f"FROM {json_rows(_KINDS, 'line')} WHERE 1 = 1 ON CONFLICT DO NOTHING",
                [as_json(lines)],
            )

    def count_dropped(self) -> int:
        """How many lines are missing before the last one of each attempt."""
        attempts = self.order_by().values("attempt").annotate(last=Max("number"), kept=Count("pk"))
        return sum(each["last"] % PER_ATTEMPT - each["kept"] for each in attempts)


class LogLine(models.Model):
    """One line, which may hold line breaks; numbers that are missing are lines that were dropped.

    `at` is the clock of the worker: what decides the order is the number.
    """

    execution = models.ForeignKey(
        "TaskExecution", on_delete=models.CASCADE, related_name="log_lines", db_index=False
    )
    attempt = models.PositiveIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    level = models.CharField(max_length=20)
    logger = models.CharField(max_length=255)
    text = models.TextField()

    objects = LogLineQuerySet.as_manager()

    class Meta:
        db_table = "log_lines"
        constraints = [
            models.UniqueConstraint(fields=["execution", "number"], name="log_line_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.text}"
