"""The project: settings, URLs, and the Celery app, which loads with Django: jobs bind to it."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
