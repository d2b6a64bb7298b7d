"""Tries inside an execution that failed, were lost or were given back."""

from django.db import models

from tasks_app.models.ids import uuid7
from tasks_app.states import AttemptOutcome


class Attempt(models.Model):
    """What one try did; a successful one is told by the execution's own columns."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    execution = models.ForeignKey(
        "TaskExecution", on_delete=models.CASCADE, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=AttemptOutcome)
    worker = models.CharField(max_length=255, blank=True)
    claim_token = models.UUIDField()
    code_version = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        db_table = "attempts"
        ordering = ["execution", "number"]
        constraints = [
            models.UniqueConstraint(fields=["execution", "number"], name="attempt_numbered_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.execution_id}: {self.get_outcome_display()}"
