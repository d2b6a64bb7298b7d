"""Logging of Celery's processes: Django's set-up, at the level of `--loglevel`."""

import logging
from typing import Any

from celery.signals import setup_logging


@setup_logging.connect
def set_level(loglevel: int | None = None, **_: Any) -> None:
    """Keep Celery from adding handlers of its own; any receiver of this signal does.

    `--loglevel` is for the log of the process. Runs keep what they log from LOG_LEVEL on, which is
    therefore the level of all loggers but Celery's own busy ones.
    """
    if loglevel is None:
        return
    root = logging.getLogger()
    for handler in root.handlers:
        handler.setLevel(loglevel)
    root.setLevel(min(root.level, loglevel))
    logging.getLogger("celery").setLevel(loglevel)
    logging.getLogger("celery.task").setLevel(root.level)
