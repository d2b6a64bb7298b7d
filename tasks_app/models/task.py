"""Task: what to run, with what, how eagerly, whose."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from tasks_app import registry
from tasks_app.models import validators
from tasks_app.models.execution import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.models.policies import MAX_SECONDS, POLICIES, Policies
from tasks_app.models.task_queries import TaskQuerySet
from tasks_app.states import (
    QUEUE_OF_PRIORITY,
    CatchUp,
    CronSemantics,
    Overlap,
    Priority,
)

# How its schedule is kept, beside the moments themselves.
SCHEDULING = (
    "overlap",
    "catch_up",
    "catch_up_window",
    "disable_after_failures",
    "cron_semantics",
    "jitter",
    "max_runs",
)
# What people and programs may say of a task, in the order a form shows it.
EDITABLE = (
    "name",
    "celery_task_name",
    "args",
    "kwargs",
    "key",
    "task_type",
    "tags",
    "description",
    "enabled",
    "priority",
    "queue",
    *POLICIES,
    *SCHEDULING,
)


class Task(Policies):
    """A definition. Its policies are copied into every run, so an edit changes later runs only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        validators=[validators.validate_key],
        help_text="Your own id, unique among your tasks.",
    )
    name = models.CharField(max_length=200, validators=[validators.validate_text])
    description = models.TextField(blank=True, validators=[validators.validate_text])
    task_type = models.CharField(
        max_length=100,
        blank=True,
        validators=[validators.validate_text],
        help_text="A free label.",
    )
    tags = models.JSONField(default=list, blank=True, validators=[validators.validate_tags])
    celery_task_name = models.CharField("job", max_length=255)
    args = models.JSONField(default=list, blank=True, validators=[validators.validate_args])
    kwargs = models.JSONField(default=dict, blank=True, validators=[validators.validate_kwargs])
    enabled = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    queue = models.CharField(
        max_length=100,
        blank=True,
        validators=[validators.validate_queue],
        help_text="Empty: by priority.",
    )
    # When it runs by itself: the moments lie in django-celery-beat's row, whoever edits it.
    schedule = models.OneToOneField(
        "django_celery_beat.PeriodicTask",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="managed_task",
        # A row that somebody deletes by SQL takes its task's pointer along, by a trigger.
        db_constraint=False,
    )
    # What this row and the schedule's row last said alike: the one that differs was edited.
    agreed = models.JSONField(null=True, editable=False)
    overlap = models.CharField(
        max_length=12,
        choices=Overlap,
        default=Overlap.ALLOW,
        db_default=Overlap.ALLOW,
        help_text="When a tick comes while another run is live.",
    )
    catch_up = models.CharField(
        max_length=6,
        choices=CatchUp,
        default=CatchUp.LATEST,
        db_default=CatchUp.LATEST,
        help_text="After a time without a scheduler.",
    )
    catch_up_window = models.PositiveIntegerField(
        default=3600,
        db_default=3600,
        validators=[MinValueValidator(10), MaxValueValidator(MAX_SECONDS)],
        help_text="Seconds; ticks missed longer ago are not run.",
    )
    disable_after_failures = models.PositiveIntegerField(
        null=True,
        blank=True,
        # Its name before `pause` meant something else; renaming it would stop processes of then.
        db_column="pause_after_failures",
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Failures in a row after which the task is disabled. Empty: never.",
    )
    cron_semantics = models.CharField(
        max_length=6,
        choices=CronSemantics,
        default=CronSemantics.CELERY,
        db_default=CronSemantics.CELERY,
        help_text="If day of month and day of week are both restricted.",
    )
    jitter = models.PositiveIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(24 * 3600)],
        help_text="Seconds over which tasks of the same moment are spread.",
    )
    max_runs = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Runs that its schedule starts in all. Empty: no limit.",
    )
    # Whoever leaves is deactivated: their tasks would go with them otherwise.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TaskQuerySet.as_manager()

    # Set by `with_status`.
    current_id: UUID | None
    status: str
    # Set by `attach_current`.
    current: TaskExecution | None

    class Meta(Policies.Meta):
        abstract = False
        db_table = "tasks"
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="key_unique_per_owner"),
        ]
        indexes = [
            # The list, newest first, for a superuser and for one owner.
            models.Index(fields=["-created_at", "-id"], name="tasks_newest"),
            models.Index(fields=["owner", "-created_at", "-id"], name="tasks_newest_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def queue_for(self, priority: int) -> str:
        """Where a run of this priority waits."""
        job = registry.find(self.celery_task_name)
        return self.queue or (job.queue if job else "") or QUEUE_OF_PRIORITY[Priority(priority)]


def attach_current(tasks: Sequence[Task]) -> None:
    """Give each of these tasks the run it is known by as `current`, by one query for all.

    They must come from `with_status`. The runs leave their arguments and traceback behind.
    """
    ids = [task.current_id for task in tasks if task.current_id]
    runs = TaskExecution.objects.without_input().in_bulk(ids) if ids else {}
    for task in tasks:
        task.current = runs.get(task.current_id)
