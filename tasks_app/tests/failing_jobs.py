"""Jobs that fail with an error of choice, and ask for another try in each of Celery's ways."""

from typing import Any

from celery import shared_task


class NoPowder(LookupError):
    """An error of our own, with a base."""


KINDS = {"powder": NoPowder, "value": ValueError, "connection": ConnectionRefusedError}


@shared_task
def fail_as(kind: str) -> None:
    """Fail."""
    raise KINDS[kind]("as told")


@shared_task
def fail_because(kind: str) -> None:
    """Fail with an error that another one caused."""
    raise RuntimeError("wrapped") from KINDS[kind]("as told")


@shared_task(autoretry_for=(Exception,), max_retries=3, default_retry_delay=0)
def let_celery_retry(kind: str) -> None:
    """Fail, as a job that Celery is told to retry."""
    raise KINDS[kind]("as told")


@shared_task(bind=True, max_retries=3, default_retry_delay=0)
def ask_for_a_retry(self: Any, kind: str) -> None:
    """Fail, and ask for another try."""
    try:
        raise KINDS[kind]("as told")
    except Exception as error:
        raise self.retry(exc=error) from error


@shared_task(bind=True, autoretry_for=(Exception,), max_retries=3, default_retry_delay=0)
def ask_and_let_retry(self: Any, kind: str) -> None:
    """The same, although Celery is told to retry too."""
    try:
        raise KINDS[kind]("as told")
    except Exception as error:
        raise self.retry(exc=error) from error
