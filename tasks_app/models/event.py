"""Who did what, and rescues: what an execution's own columns cannot tell. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tasks_app.models.ids import uuid7
from tasks_app.states import Trigger


class Event(models.Model):
    """One act on a task or an execution. Triggers refuse every change of a row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_default=Now())
    # The name stays when the user goes; a constraint would have to change the row.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    user_name = models.CharField(max_length=150, blank=True)
    door = models.CharField(max_length=10, choices=Trigger)
    verb = models.CharField(max_length=30)
    subject = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "events"
        indexes = [
            # The history of one task or execution, newest first.
            models.Index(fields=["subject_id", "-at"], name="events_of_subject")
        ]

    def __str__(self) -> str:
        return f"{self.user_name or self.door}: {self.verb} {self.subject} {self.subject_id}"
