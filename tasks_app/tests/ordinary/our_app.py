"""The same jobs on Belfry's app: `celery -A tasks_app.tests.ordinary.our_app`.

`ORDINARY_FAULT` says what becomes of messages on their way: `duplicate` or `lose`.
"""

import os

from celery.signals import import_modules

from tasks_app.tests.celery_app import app
from tasks_app.tests.ordinary.faults import between_us_and_the_broker

__all__ = ["app"]

between_us_and_the_broker(os.environ.get("ORDINARY_FAULT", ""))


@import_modules.connect
def _add_jobs(**_: object) -> None:
    from tasks_app.runtime.discovery import fill_registry
    from tasks_app.tests.ordinary import jobs  # noqa: F401

    fill_registry(app)
