"""Whether the broker answers."""

import logging

from tasks_app import broker
from tasks_app.reporting.watching.troubles import Trouble, Troubles

logger = logging.getLogger(__name__)


def broker_away() -> Troubles:
    """Empty while the broker answers. Returns within its time-outs; what it raised is logged and
    not told, for it may name addresses."""
    try:
        broker.check()
    except Exception as error:  # each transport fails in its own way
        logger.info("broker does not answer: %s", error)
        trouble = Trouble(
            "The broker does not answer: requests are accepted and ticks fire, but no run starts.",
            "Start it, and see whether CELERY_BROKER_URL names it. Nothing is lost meanwhile.",
        )
        return {"": trouble}
    return {}
