"""How a task's runs are kept: limits, tries, what a loss, a cancel and a twin do to them."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tasks_app.states import OnLost, UniqueRuns

MAX_SECONDS = 365 * 24 * 3600
MAX_GRACE = 24 * 3600
EMPTY_LIST = models.Value([], models.JSONField())
LIMITS = ("soft_time_limit", "time_limit", "expires_after", "cancel_grace", "keep_log")
TRIES = (
    "max_retries",
    "retry_backoff",
    "retry_backoff_max",
    "retry_jitter",
    "retry_on",
    "fail_on",
    "on_lost",
)
UNIQUENESS = ("unique_runs", "unique_keys", "unique_for")
POLICIES = (*LIMITS, *TRIES, *UNIQUENESS)


class Policies(models.Model):
    """The columns of a task that its runs copy, or are admitted by."""

    soft_time_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MAX_SECONDS)]
    )
    time_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MAX_SECONDS)]
    )
    max_retries = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
        help_text="Empty: as the job declares.",
    )
    retry_backoff = models.PositiveIntegerField(
        default=1,
        validators=[MaxValueValidator(MAX_SECONDS)],
        help_text="Seconds before the first retry; doubled for each further one.",
    )
    retry_backoff_max = models.PositiveIntegerField(
        default=600, validators=[MaxValueValidator(MAX_SECONDS)], help_text="Seconds at most."
    )
    retry_jitter = models.BooleanField(
        default=True, help_text="Wait a random part of the delay, so that retries spread."
    )
    expires_after = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SECONDS)],
        help_text="Seconds after which a run that has not started is given up.",
    )
    on_lost = models.CharField(max_length=10, choices=OnLost, default=OnLost.AUTO)
    retry_on = models.JSONField(
        default=list,
        db_default=EMPTY_LIST,
        blank=True,
        help_text="Names of the errors that are tried again. Empty: all.",
    )
    fail_on = models.JSONField(
        default=list,
        db_default=EMPTY_LIST,
        blank=True,
        help_text="Names of the errors that end a run at once.",
    )
    cancel_grace = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_GRACE)],
        help_text="Seconds that a cancelled run has to stop by itself. Empty: the installation's.",
    )
    unique_runs = models.CharField(
        max_length=7,
        choices=UniqueRuns,
        default=UniqueRuns.ANY,
        db_default=UniqueRuns.ANY,
        blank=True,
        help_text="What becomes of a new run while one with the same arguments is live.",
    )
    unique_keys = models.JSONField(
        default=list,
        db_default=EMPTY_LIST,
        blank=True,
        help_text="Names of the keyword arguments that are compared. Empty: all arguments.",
    )
    unique_for = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SECONDS)],
        help_text="Also one run at most in each period of so many seconds, counted from 1970.",
    )
    keep_log = models.BooleanField(
        default=True, db_default=True, help_text="Keep the lines that its runs log and print."
    )

    class Meta:
        abstract = True

    def policies(self) -> dict[str, Any]:
        """What every run copies at submit."""
        return {
            "soft_time_limit": self.soft_time_limit,
            "time_limit": self.time_limit,
            "max_attempts": None if self.max_retries is None else self.max_retries + 1,
            "retry_backoff": self.retry_backoff,
            "retry_backoff_max": self.retry_backoff_max,
            "retry_jitter": self.retry_jitter,
            "retry_on": self.retry_on or None,
            "fail_on": self.fail_on or None,
            "cancel_grace": self.cancel_grace,
            "keep_log": self.keep_log,
        }
