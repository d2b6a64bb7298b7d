"""Who acts, and through which door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from tasks_app.lifecycle import Canceller
from tasks_app.models import Event
from tasks_app.models.single_rows import insert
from tasks_app.redaction import redact, redact_text
from tasks_app.states import Trigger


@dataclass(frozen=True)
class Actor:
    """A user at a door; `request_id` ties what one request did together."""

    user: User
    door: Trigger = Trigger.CODE
    request_id: str = ""

    @property
    def canceller(self) -> Canceller:
        """As the ledger notes who asked for a stop."""
        return Canceller(self.user.pk)

    def note(
        self,
        verb: str,
        subject: str,
        subject_id: UUID,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Write into the audit trail, without secrets, in the verb's own transaction."""
        insert(
            Event(
                user=self.user,
                user_name=self.user.get_username(),
                door=self.door,
                verb=verb,
                subject=subject,
                subject_id=subject_id,
                before=redact(before or {}),
                after=redact(after or {}),
                reason=redact_text(reason),
                request_id=self.request_id,
            )
        )
