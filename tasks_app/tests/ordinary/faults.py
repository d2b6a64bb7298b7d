"""What may happen to a doorbell between us and the broker."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tasks_app.broker import ringing

Push = Callable[..., None]


def between_us_and_the_broker(fault: str) -> None:
    """Let every push of this process suffer the fault; none by default."""
    if not fault:
        return
    suffer = {"duplicate": _twice, "lose": _lost_at_first}[fault]
    for name in ("_push", "_push_lean"):
        setattr(ringing, name, partial(suffer, getattr(ringing, name)))


def _twice(push: Push, *args: Any) -> None:
    push(*args)
    push(*args)


def _lost_at_first(push: Push, *args: Any) -> None:
    """The first message of each run goes out and never arrives, whoever sent it."""
    bell = args[-1]
    lost = Path(os.environ["ORDINARY_FOLDER"]) / f"lost-{bell.id}"
    try:
        lost.touch(exist_ok=False)
    except FileExistsError:
        push(*args)
