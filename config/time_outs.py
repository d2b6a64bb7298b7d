"""How long PostgreSQL lets a process of each kind hold others up."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.process_kind import kind_of

# In seconds. A process that freezes in a transaction keeps its locks until the second is over.
# Workers are not among them: how long a job's own transaction may last is the job's affair; nor
# are commands, for a migration takes its time.
_TIME_OUTS = {
    "app": {
        "statement_timeout": 60,
        "idle_in_transaction_session_timeout": 30,
        "lock_timeout": 10,
    },
    "celery_beat": {
        "statement_timeout": 60,
        "idle_in_transaction_session_timeout": 5,
        "lock_timeout": 5,
    },
}


def with_time_outs(options: Mapping[str, Any], arguments: Sequence[str]) -> dict[str, Any]:
    """The options of a connection of the process with this command line.

    What DATABASE_URL says comes last and wins.
    """
    bounds = _TIME_OUTS.get(kind_of(arguments), {})
    words = [f"-c {name}={seconds}s" for name, seconds in bounds.items()]
    if not words:
        return dict(options)
    return {**options, "options": " ".join([*words, options.get("options", "")]).strip()}
