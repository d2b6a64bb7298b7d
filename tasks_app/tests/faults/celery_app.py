"""Belfry's Celery app with the jobs of the proof: `celery -A tasks_app.tests.faults.celery_app`."""

from celery.signals import import_modules

from config.celery import app

__all__ = ["app"]


@import_modules.connect
def know_the_jobs(**_: object) -> None:
    """Put the jobs of the proof into this process's registry."""
    from tasks_app.runtime.discovery import fill_registry
    from tasks_app.tests.faults import jobs  # noqa: F401
    from tasks_app.tests.faults.mutants import wear_the_told_one

    fill_registry(app)
    wear_the_told_one()
