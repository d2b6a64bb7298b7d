"""The Celery app: `celery -A config worker|beat|call|result|inspect|status`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tasks_app.runtime.app import LedgerApp

app = LedgerApp("belfry")
app.config_from_object("django.conf:settings", namespace="CELERY")
