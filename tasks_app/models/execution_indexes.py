"""The indexes of the ledger: each with the question that it answers."""

from django.db import models
from django.db.models import Q

from tasks_app.states import LIVE, WAITING, Reason, Status

INDEXES = [
    # The list, newest first: all, one status, one owner, one task.
    models.Index(fields=["-created_at", "-id"], name="executions_newest"),
    models.Index(fields=["status", "-created_at", "-id"], name="executions_newest_of_status"),
    models.Index(fields=["owner", "-created_at", "-id"], name="executions_newest_of_owner"),
    models.Index(fields=["task", "-created_at", "-id"], name="executions_newest_of_task"),
    # The status of a task while a run is live.
    models.Index(
        fields=["task", "-created_at", "-id"],
        condition=Q(status__in=LIVE),
        name="executions_live_of_task",
    ),
    # The relay: due and unsent; and per queue, what waits although it was sent.
    models.Index(
        fields=["run_at"],
        condition=Q(status__in=WAITING, published_at=None) & ~Q(reason=Reason.PAUSED),
        name="executions_to_ring",
    ),
    models.Index(
        fields=["run_at"],
        condition=Q(status__in=WAITING, reason=Reason.PAUSED),
        name="executions_paused",
    ),
    models.Index(
        fields=["queue", "run_at"],
        condition=Q(status__in=WAITING),
        name="executions_waiting",
    ),
    # The retry budget: how many of a task, or of a job alone, wait for another try.
    models.Index(
        fields=["celery_task_name", "task"],
        condition=Q(status=Status.RETRY),
        name="executions_retrying",
    ),
    # The sweep that disables what keeps failing.
    models.Index(
        fields=["finished_at"],
        condition=Q(status=Status.FAILURE),
        name="executions_failed",
    ),
    # The ticks that wait for an earlier run of their task.
    models.Index(
        fields=["task", "created_at", "scheduled_for"],
        condition=Q(status=Status.PENDING, reason=Reason.BUFFERED),
        name="executions_buffered",
    ),
    # The ticks of a schedule that wait, for the end of a pause or whatever.
    models.Index(
        fields=["schedule"],
        condition=Q(status=Status.PENDING, schedule__isnull=False),
        name="executions_waiting_ticks",
    ),
    # What a person or a run caused. A tick has none of these, and pays for none.
    *(
        models.Index(
            fields=[name],
            condition=Q(**{f"{name}__isnull": False}),
            name=f"executions_{name}",
        )
        for name in ("triggered_by", "parent", "cancel_requested_by")
    ),
    # The reaper: whose lease ran out.
    models.Index(
        fields=["lease_until"],
        condition=Q(status=Status.STARTED),
        name="executions_leased",
    ),
]
