"""An error as the ledger keeps it."""

from typing import Any, NamedTuple

# Its columns in `given`, in the order of the fields.
FAILING = (
    "error:new_error",
    "error_type:new_type",
    "traceback:new_traceback",
    "fingerprint:new_fingerprint",
    "exception:new_exception",
)


class Failing(NamedTuple):
    """One line, its class, the traceback, what groups it with others, and Celery's form of it."""

    error: str
    error_type: str = ""
    traceback: str = ""
    fingerprint: str = ""
    exception: dict[str, Any] | None = None
