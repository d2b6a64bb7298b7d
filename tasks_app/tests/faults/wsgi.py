"""Belfry's web with the jobs of the proof: `gunicorn tasks_app.tests.faults.wsgi`."""

from config.wsgi import application
from tasks_app.tests.faults.celery_app import know_the_jobs

__all__ = ["application"]

know_the_jobs()
