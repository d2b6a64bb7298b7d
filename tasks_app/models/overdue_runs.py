"""Questions about runs that should have stopped: each has the grace of its task."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce

from tasks_app.states import FINAL, Status

if TYPE_CHECKING:
    from tasks_app.models.execution import TaskExecution


class _SecondsAgo(Func):
    """The database's clock so many seconds ago; they may differ from row to row."""

    output_field = models.DateTimeField()
    template = "(STATEMENT_TIMESTAMP() - (%(expressions)s) * INTERVAL '1 second')"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # The moment is formatted once by this class and once more by the cursor.
        moment = "'%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW', '-' || (%(expressions)s)"
        template = f"STRFTIME({moment} || ' seconds')"
        return super().as_sql(compiler, connection, template=template, **context)


class OverdueRuns(models.QuerySet[Any]):
    """A part of the query set of executions. A margin is in seconds and comes after the grace."""

    def cancel_overdue(self, margin: float) -> Self:
        """Running although they were asked to stop longer ago than their grace and `margin`."""
        asked = self.filter(status=Status.STARTED)
        return asked.filter(cancel_requested_at__lt=_end_of_grace(margin))

    def ended_before_grace(self, margin: float) -> Self:
        """Over for longer than their grace and `margin`."""
        return self.filter(status__in=FINAL, finished_at__lt=_end_of_grace(margin))


def grace_of(run: "TaskExecution") -> float:
    """Seconds that its job has to stop by itself, once its worker has heard; none of its own
    means the usual."""
    usual = settings.CANCEL_GRACE_SECONDS
    return float(usual if run.cancel_grace is None else run.cancel_grace)


def _end_of_grace(margin: float) -> Func:
    """What was asked before that moment should be over."""
    grace = Coalesce(F("cancel_grace"), Value(settings.CANCEL_GRACE_SECONDS))
    return _SecondsAgo(grace + Value(margin))
