"""`revoke`, from wherever it comes: a cancel of the row first, then word to the workers."""

import getpass
import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from celery.app.control import Control
from django.db import transaction

from tasks_app import services
from tasks_app.models.ids import is_uuid
from tasks_app.runtime.loops import beside_the_loop

logger = logging.getLogger(__name__)
_REVOKES = ("revoke", "terminate")
_REVOKE_BY_STAMPS = "revoke_by_stamped_headers"


class LedgerControl(Control):
    """Celery's remote control. Every way to revoke passes `broadcast`: `AsyncResult.revoke()`,
    `control.revoke()`, `celery control revoke` and Flower."""

    def broadcast(
        self,
        command: str,
        arguments: dict[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Send a command to the workers. A revoke holds even if none hears it."""
        cancel = _cancel_of(command, {**(arguments or {}), **kwargs})
        if cancel is None:
            return super().broadcast(command, arguments, *args, **kwargs)
        beside_the_loop(cancel)
        if transaction.get_connection().in_atomic_block:
            # Workers would read the row as it was.
            transaction.on_commit(
                lambda: self._tell(command, arguments, *args, **kwargs), robust=True
            )
            return None
        return self._tell(command, arguments, *args, **kwargs)

    def _tell(
        self, command: str, arguments: dict[str, Any] | None, *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return super().broadcast(command, arguments, *args, **kwargs)
        except Exception as error:  # each transport fails in its own way; the row is cancelled
            logger.warning("revoke is in the ledger; workers are not told at once: %r", error)
            return []


def _cancel_of(command: str, told: Mapping[str, Any]) -> Callable[[], int] | None:
    """What a command means for rows, if anything."""
    if command in _REVOKES and told.get("task_id"):
        return partial(services.cancel_calls, _ids(told["task_id"]), by=_who())
    if command == _REVOKE_BY_STAMPS and told.get("headers"):
        return partial(services.cancel_stamped_calls, _stamps(told["headers"]), by=_who())
    return None


def _stamps(told: Any) -> dict[str, Any]:
    """By name; a shell gives `name=stamp`."""
    return dict(told if isinstance(told, Mapping) else [pair.split("=", 1) for pair in told])


def _ids(told: Any) -> list[UUID]:
    """Those that can be ids of executions: others are known to workers only, if at all."""
    ids = [told] if isinstance(told, str | UUID) else list(told)
    return [UUID(str(each)) for each in ids if is_uuid(each)]


def _who() -> str:
    """Whose process asks, for a caller without a user of ours."""
    program = Path(sys.argv[0]).name or "python"
    try:
        return f"{getpass.getuser()} ({program})"
    except (KeyError, OSError):  # containers run as users that have no name
        return f"user {os.getuid()} ({program})"
