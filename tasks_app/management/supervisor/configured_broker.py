"""The broker somebody else runs: asked once before anything is started."""

import re

from django.conf import settings

from tasks_app import broker
from tasks_app.management.supervisor.exceptions import BrokerUnreachable


def refuse_unreachable() -> None:
    """Raises BrokerUnreachable, with the address but without its password."""
    try:
        broker.check()
    except Exception as error:  # each transport has errors of its own
        address = re.sub("//.*@", "//***@", settings.CELERY_BROKER_URL)
        raise BrokerUnreachable(address, _reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ValueError):
        # Its own words may quote a piece of the password.
        return "that is no address"
    first_line = (str(error) or type(error).__name__).splitlines()[0]
    return first_line.strip("'.")
