"""Belfry's Celery app with the tests' jobs: `celery -A tasks_app.tests.celery_app`."""

from celery.signals import import_modules

from config.celery import app

__all__ = ["app"]


@import_modules.connect
def _prepare(**_: object) -> None:
    know_the_tests_jobs()
    # Nor does Celery clean up at night: a test does not depend on its hour.
    app.conf.result_expires = None


def know_the_tests_jobs() -> None:
    """Put the jobs of the tests into this process's registry."""
    from tasks_app.runtime.discovery import fill_registry
    from tasks_app.tests import canvas_jobs, chatty_jobs, deafness, jobs  # noqa: F401

    fill_registry(app)
