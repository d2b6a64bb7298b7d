"""A Celery app without the ledger: what the stock scheduler is at home in.

With Belfry's own app each of its calls would also write a row, which is not its cost.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("plain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_send_sent_event = False
app.set_current()
