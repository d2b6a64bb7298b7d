"""The worker's main process: one token for each delivery, shared with the child."""

from typing import Any
from uuid import uuid4

from celery.worker.request import Request

from tasks_app.models.ids import is_uuid
from tasks_app.redaction import redact_text
from tasks_app.runtime import quiet
from tasks_app.runtime.adopting import is_plain
from tasks_app.runtime.exceptions import Dropped, Revoked
from tasks_app.runtime.tally import tally


class LedgerRequest(Request):
    """Makes the claim's token before the child sees the message.

    So both processes hold it, and what the main process decides (hard limit, lost child, cold
    shutdown) is fenced like what the child decides.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quiet.note(self.delivery_info.get("routing_key") or "")
        if is_uuid(self.id) and not is_plain(self.type, self.request_dict):
            self.request_dict["claim_token"] = str(uuid4())

    def send_event(self, type: str, **fields: Any) -> None:  # noqa: A002  (Celery's name)
        """What monitors are told of results and errors is redacted like what is stored."""
        told = {name: _shown(value) for name, value in fields.items()}
        super().send_event(type, **told)

    def on_failure(
        self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False
    ) -> None:
        """Celery tells its monitors nothing of a run that raised Ignore; one that was revoked
        would stay started there."""
        # Billiard wraps what it takes from a child, to carry its traceback along.
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, Dropped):
            tally.add("dropped")
        if isinstance(error, Revoked):
            self.send_event("task-revoked", terminated=False, signum=None, expired=False)
        super().on_failure(exc_info, send_failed_event, return_ok)


def _shown(value: Any) -> Any:
    return redact_text(value) if isinstance(value, str) else value
