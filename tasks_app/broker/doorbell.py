"""What a message may tell."""

from typing import NamedTuple
from uuid import UUID

MARKER = "ledger"
# The Redis transport serves 0 first and has the steps 0, 3, 6, 9; ours rise from LOW to CRITICAL.
BROKER_PRIORITY = {4: 0, 3: 3, 2: 6, 1: 9}


class Doorbell(NamedTuple):
    """What a message may know of an execution. Limits are in seconds."""

    id: UUID
    job: str
    queue: str
    priority: int
    time_limit: int | None
    soft_time_limit: int | None
    root_id: str | None = None
    parent_id: str | None = None
    group_id: str | None = None
