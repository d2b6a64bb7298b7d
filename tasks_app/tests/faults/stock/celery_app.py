"""Plain Celery: `celery -A tasks_app.tests.faults.stock.celery_app`."""

from celery import Celery

from tasks_app.tests.faults.stock import jobs

__all__ = ["app", "jobs"]

app = Celery("stock")
app.config_from_object("django.conf:settings", namespace="CELERY")
