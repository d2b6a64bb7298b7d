"""TaskExecution: one run. The row is the claim, the outcome and the history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tasks_app.models.execution_indexes import INDEXES
from tasks_app.models.execution_queries import TaskExecutionQuerySet
from tasks_app.models.ids import uuid7
from tasks_app.states import (
    FINAL,
    LIVE,
    QUEUE_OF_PRIORITY,
    OnLost,
    Priority,
    Reason,
    Status,
    Trigger,
)

# The parts of the envelope that wait for the end of a run, as `apply_async` calls them.
FOLLOWERS = ("link", "link_error", "chain", "chord")


class TaskExecution(models.Model):
    """One run of a task, or of a job called from code. Its id is the Celery task id."""

    # What runs, and why.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(
        "Task", null=True, on_delete=models.SET_NULL, related_name="executions", db_index=False
    )
    celery_task_name = models.CharField("job", max_length=255)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    envelope = models.JSONField(default=dict)
    trigger = models.CharField(max_length=10, choices=Trigger)
    triggered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="executions",
        db_index=False,
    )
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="children", db_index=False
    )
    idempotency_key = models.CharField(max_length=255, null=True)
    # History outlives its schedule, which anybody may delete in any way.
    schedule = models.ForeignKey(
        "django_celery_beat.PeriodicTask",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="executions",
        db_index=False,
        db_constraint=False,
    )
    schedule_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    scheduled_for = models.DateTimeField(null=True)
    missed_from = models.DateTimeField(null=True)
    missed_count = models.PositiveIntegerField(default=0)

    # Policies, copied at submit.
    queue = models.CharField(max_length=100, default=QUEUE_OF_PRIORITY[Priority.NORMAL])
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    soft_time_limit = models.PositiveIntegerField(null=True)
    time_limit = models.PositiveIntegerField(null=True)
    max_attempts = models.PositiveIntegerField(null=True)
    retry_backoff = models.PositiveIntegerField(default=1)
    retry_backoff_max = models.PositiveIntegerField(default=600)
    retry_jitter = models.BooleanField(default=True)
    on_lost = models.CharField(max_length=10, choices=OnLost, default=OnLost.FAIL)
    retry_on = models.JSONField(null=True)
    fail_on = models.JSONField(null=True)
    cancel_grace = models.PositiveIntegerField(null=True)
    # While it is live no other run may have the same key, and ever none the same of a period.
    unique_key = models.CharField(max_length=80, null=True)
    period_key = models.CharField(max_length=80, null=True)
    expires_at = models.DateTimeField(null=True)
    keep_log = models.BooleanField(default=True, db_default=True)

    # Where it is.
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    # None: it waits for something else than a time.
    run_at = models.DateTimeField(null=True, db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, db_default=Now())
    published_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # The claim. Its token stays after the end: a repeated outcome knows itself by it.
    attempt = models.PositiveIntegerField(default=0)
    failed_tries = models.PositiveIntegerField(default=0)
    worker_deaths = models.PositiveIntegerField(default=0)
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=255, blank=True)
    pid = models.PositiveIntegerField(null=True)
    code_version = models.CharField(max_length=64, blank=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_seen_at = models.DateTimeField(null=True)
    cancel_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    # What it says.
    progress = models.FloatField(default=0)
    progress_message = models.TextField(blank=True)
    progress_data = models.JSONField(default=dict)
    progress_at = models.DateTimeField(null=True)
    checkpoint = models.JSONField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    error_type = models.CharField(max_length=255, blank=True)
    # As Celery's results tell it, so that `get()` raises the same error.
    exception = models.JSONField(null=True)
    traceback = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)

    objects = TaskExecutionQuerySet.as_manager()

    class Meta:
        db_table = "task_executions"
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "scheduled_for"], name="one_execution_per_tick"
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_execution_per_idempotency_key",
            ),
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(status__in=LIVE, unique_key__isnull=False),
                name="one_live_run_per_unique_key",
            ),
            models.UniqueConstraint(
                fields=["period_key"],
                condition=Q(period_key__isnull=False),
                name="one_run_per_period_key",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, finished_at=None)
                | Q(status__in=FINAL, finished_at__isnull=False),
                name="finished_exactly_when_final",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.STARTED, lease_until__isnull=False)
                | (~Q(status=Status.STARTED) & Q(lease_until=None)),
                name="leased_exactly_when_started",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.STARTED)
                | Q(claim_token__isnull=False, started_at__isnull=False, attempt__gt=0),
                name="started_only_by_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100), name="progress_is_a_percentage"
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return f"execution {self.id}"

    @property
    def is_followed(self) -> bool:
        """Whether something waits for its end: callbacks, the next link of a chain, a chord."""
        return any(self.envelope.get(part) for part in FOLLOWERS)
