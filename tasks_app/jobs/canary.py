"""The canary: a run that proves the whole way to a worker."""

from celery import shared_task


@shared_task(idempotent=True)
def canary() -> str:
    """Do nothing: that it ran is what beat wants to know of a queue on which nothing else did."""
    return "sings"
