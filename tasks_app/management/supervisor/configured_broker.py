"""The broker somebody else runs: asked once before anything is started."""

import re

from django.conf import settings

from tasks_app import broker
from tasks_app.management.supervisor.exceptions import BrokerUnreachable, first_line


def refuse_unreachable() -> None:
    """Raises BrokerUnreachable, with the address but without its password."""
    try:
        broker.check()
    except Exception as error:  # each transport has errors of its own
        address = re.sub("//.*@", "//***@", settings.CELERY_BROKER_URL)
        # The words of a ValueError may quote a piece of the password.
        why = "that is no address" if isinstance(error, ValueError) else first_line(error)
        raise BrokerUnreachable(address, why) from error
