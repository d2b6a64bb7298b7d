"""What `self.checkpoint` takes and keeps: small JSON, in the row or in memory of one request."""

import json
from typing import Any

from tasks_app.models.connection import is_in_transaction
from tasks_app.runtime.results import storable_result

# Bytes of compact JSON. What is larger belongs into a file that the checkpoint names.
LIMIT = 64 * 1024


def storable_checkpoint(value: Any) -> Any:
    """`value` as plain JSON, with kombu's notation for dates, UUIDs and decimals.

    Raises EncodeError for what is no JSON or cannot be kept, ValueError for more than 64 KiB.
    """
    plain = storable_result(value, "checkpoint")
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    if (size := len(text.encode())) > LIMIT:
        raise ValueError(
            f"The checkpoint has {size} bytes, more than {LIMIT}: write them to a file, and save "
            "where it is."
        )
    return plain


def refuse_in_transaction() -> None:
    """Raise RuntimeError in a transaction of the job.

    A checkpoint there would hold the row's lock, so heartbeats and a cancel would wait, and a
    rollback would take it along.
    """
    if is_in_transaction():
        raise RuntimeError("A checkpoint is saved outside of transaction.atomic().")
