"""Logging of Celery's processes: Django's set-up, at the level of `--loglevel`."""

import logging
from typing import Any

from celery.signals import setup_logging


@setup_logging.connect
def set_level(loglevel: int | None = None, **_: Any) -> None:
    """Keep Celery from adding handlers of its own; any receiver of this signal does."""
    if loglevel is not None:
        logging.getLogger().setLevel(loglevel)
