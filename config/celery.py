"""The Celery app: `celery -A config worker|beat|call|result|inspect|status`."""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tasks_app.runtime.app import LedgerApp  # noqa: E402  (Celery's set-up reads the variable)

app = LedgerApp("belfry")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.on_after_configure.connect
def set_up_django(**_: object) -> None:
    """`celery call` and `celery result` need the ledger, and Celery sets Django up for workers only.

    Not when Django itself is loading: then the set-up is under way.
    """
    if not apps.ready and not apps.loading:
        django.setup()
