"""Small jobs to try the system with: each reports progress and obeys cancel."""

import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tasks_app.jobs.pacing import wait

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job


@shared_task(bind=True, idempotent=True)
def long_running_task(self: "Job", seconds: float, param: str | None = None) -> dict[str, Any]:
    """Wait the given seconds, with progress; `param` comes back in the result."""
    wait(self, seconds, f"waiting {seconds} seconds")
    return {"seconds": seconds, "param": param}


@shared_task(bind=True, idempotent=True)
def test_celery(
    self: "Job",
    word: str = "",  # noqa: PT028  (no test: clients know the job by this name)
    **options: Any,
) -> dict[str, Any]:
    """Give back the word and the options: the shortest proof that a worker answers."""
    self.raise_if_cancelled()
    self.update_progress(100, f"got {word!r}")
    return {"word": word, "options": options}


@shared_task(bind=True, idempotent=True)
def demo_async_task(self: "Job", message: str = "Hello", seconds: float = 3) -> dict[str, Any]:
    """Work on a message for a few seconds, then give it back with its letters counted."""
    wait(self, seconds, f"working on {message!r}")
    return {"message": message, "letters": sum(letter.isalpha() for letter in message)}


@shared_task(bind=True, idempotent=True)
def demo_periodic_task(self: "Job", seconds: float = 1) -> dict[str, Any]:
    """Measure the disk that holds the output folder: worth repeating, for it changes."""
    wait(self, seconds, "measuring the disk", end=90)
    folder = settings.OUTPUT_DIR
    disk = shutil.disk_usage(folder if folder.exists() else settings.BASE_DIR)
    self.update_progress(100, f"{disk.free // 2**20} MiB free")
    return {"total_bytes": disk.total, "used_bytes": disk.used, "free_bytes": disk.free}


@shared_task(bind=True, idempotent=True)
def demo_scheduled_task(
    self: "Job", message: str = "It is time", seconds: float = 1
) -> dict[str, Any]:
    """Say when it ran, in UTC and in the installation's time zone."""
    wait(self, seconds, message)
    now: datetime = timezone.now()
    return {
        "message": message,
        "utc": now.isoformat(timespec="seconds"),
        "local": timezone.localtime(now).isoformat(timespec="seconds"),
        "zone": timezone.get_current_timezone_name(),
    }


@shared_task(bind=True, idempotent=True)
def demo_dynamic_task(
    self: "Job", *values: Any, seconds_each: float = 0.5, **named: Any
) -> dict[str, Any]:
    """Take any arguments, look at them one after the other, and say what type each has."""
    given = {f"value {place}": value for place, value in enumerate(values, 1)} | named
    for done, name in enumerate(given):
        start, end = 100 * done / len(given), 100 * (done + 1) / len(given)
        wait(self, seconds_each, f"looking at {name}", start, end)
    self.update_progress(100, f"looked at {len(given)}")
    return {"count": len(given), "types": {name: type(it).__name__ for name, it in given.items()}}
