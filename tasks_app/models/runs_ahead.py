"""Questions about runs with moments that lie ahead of the clock, though nobody meant them to."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Now

from tasks_app.models.attempt import Attempt
from tasks_app.states import WAITING, Reason, Status

# A clock may be set back by less and nobody suffers.
HARMLESS = timedelta(seconds=10)


class RunsAhead(models.QuerySet[Any]):
    """A part of the query set of executions."""

    def leased_ahead(self, span: timedelta) -> Self:
        """Running, with a lease that ends later than `span` from now; the last to end first."""
        leased = self.filter(status=Status.STARTED, lease_until__gt=Now() + span)
        return leased.order_by("-lease_until")

    def ahead(self) -> Self:
        """Waiting, and rung in the future, or due in it although they wait for no time, or backing
        off since a try that ended in it."""
        lies_ahead = Q(published_at__gt=Now()) | _due_ahead() | _backing_off_ahead()
        return self.filter(lies_ahead, status__in=WAITING)

    def bring_back(self) -> int:
        """Let what lies ahead be now, and delays begin now; return how many rows there were."""
        rung = When(published_at__gt=Now(), then=Now())
        delay = ExpressionWrapper(F("run_at") - Subquery(_ended_ahead()), models.DurationField())
        began = When(_backing_off_ahead(), then=Now() + delay)
        return self.update(
            run_at=Case(When(_due_ahead(), then=Now()), began, default=F("run_at")),
            published_at=Case(rung, default=F("published_at")),
        )


def _due_ahead() -> Q:
    return Q(reason__in=["", Reason.PAUSED], run_at__gt=Now() + HARMLESS)


def _backing_off_ahead() -> Q:
    return Q(Exists(_ended_ahead()), reason=Reason.BACK_OFF, run_at__gt=Now() + HARMLESS)


def _ended_ahead() -> Any:
    """The end of the try that a run backs off from, if that lies ahead: every one has its row."""
    tries = Attempt.objects.filter(execution=OuterRef("pk"), ended_at__gt=Now() + HARMLESS)
    return tries.order_by("-number").values("ended_at")[:1]
