"""Runs that wait for their next try."""

from typing import TYPE_CHECKING, Self

from django.db import models

from tasks_app.states import Status

if TYPE_CHECKING:
    from tasks_app.models.execution import TaskExecution

# Of one task's runs about so many come due for another try in a second: what they need may have
# been away, and all of them at once would push it over again.
RETRIES_PER_SECOND = 10
# Runs are counted no further.
MOST_RETRYING = 10_000
LONGEST_SPREAD = 3600.0


class RetryingRuns(models.QuerySet["TaskExecution"]):
    """A part of the query set of executions."""

    def retrying_like(self, run: "TaskExecution") -> Self:
        """Waiting for their next try, of the same task; without one, of the same job alone."""
        same = self.filter(celery_task_name=run.celery_task_name, task_id=run.task_id)
        return same.filter(status=Status.RETRY)
