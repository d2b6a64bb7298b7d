"""Celery with django-celery-results: what most Django projects have."""

from celery import Celery

from benchmarks.runs import jobs

app = Celery("stock")
app.config_from_object("django.conf:settings", namespace="CELERY")


def fill(count: int) -> None:
    """Put so many messages of the empty job into the queue."""
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(count):
            jobs.noop.apply_async(producer=producer)


def call(job: str) -> None:
    """Submit one run."""
    getattr(jobs, job).delay()


def succeeded() -> int:
    """How many runs are known to have ended well."""
    from django_celery_results.models import TaskResult

    return int(TaskResult.objects.filter(status="SUCCESS").count())
