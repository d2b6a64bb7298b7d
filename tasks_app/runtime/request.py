"""The worker's main process: one token for each delivery, shared with the child."""

from typing import Any
from uuid import uuid4

from celery.worker.request import Request

from tasks_app.runtime.adopting import is_plain, is_uuid


class LedgerRequest(Request):
    """Makes the claim's token before the child sees the message.

    So both processes hold it, and what the main process decides (hard limit, lost child, cold
    shutdown) is fenced like what the child decides.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_uuid(self.id) and not is_plain(self.type, self.request_dict):
            self.request_dict["claim_token"] = str(uuid4())
