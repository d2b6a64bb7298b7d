"""Processes: who lives, who is late, who runs another release."""

from collections.abc import Iterator

from django.conf import settings

from tasks_app.models import Beat, TaskExecution, Worker
from tasks_app.reporting.diagnosing.finding import Finding, counted, error, listed, note, warning
from tasks_app.reporting.watching import silent_workers

# Seconds by which ticks may be late.
LATE = 10
# So many of the newest runs are looked through for traces of another scheduler.
NEWEST = 200


def look() -> Iterator[Finding]:
    beats = list(Beat.objects.alive())
    workers = list(Worker.objects.alive())
    if not beats:
        yield error(
            "No beat lives: nothing fires, nothing is tried again and no lost run is found.",
            "Start one, better two: celery -A config beat.",
        )
    if not workers:
        yield error(
            "No worker lives: what is submitted waits.", "Start one: celery -A config worker."
        )
    if beats and workers:
        slots = sum(worker.concurrency for worker in workers)
        living = f"{counted(len(workers), 'worker')} with {counted(slots, 'slot')}"
        yield note(f"{living} and {counted(len(beats), 'beat')} live.")
    yield from _silent()
    for beat in beats:
        if beat.lag > LATE:
            yield warning(
                f"Beat {beat.name} fires ticks {beat.lag:.0f} s late.",
                "Start another beat, and see whether the database is slow.",
            )
    yield from _versions([*beats, *workers])
    yield from _other_scheduler()


def _silent() -> Iterator[Finding]:
    for trouble in silent_workers(list(Worker.objects.on_duty())).values():
        yield warning(*trouble)


def _versions(processes: list[Beat | Worker]) -> Iterator[Finding]:
    versions = sorted({process.code_version or "unknown" for process in processes})
    if len(versions) > 1:
        yield warning(
            f"Living processes run different releases: {listed(versions)}. Here it is "
            f"{settings.CODE_VERSION or 'unknown'}.",
            "While you upgrade that is as it should be; else restart those that were left behind.",
        )


def _other_scheduler() -> Iterator[Finding]:
    """Stock beats name their schedule in the headers of their messages, which a worker adopts."""
    newest = TaskExecution.objects.newest_first()[:NEWEST]
    names = TaskExecution.objects.among(newest.values_list("pk", flat=True)).stock_schedules()
    if names:
        yield error(
            f"Another scheduler sends ticks of {listed(sorted(names))}: they run twice.",
            "Stop the stock beat (DatabaseScheduler); only `celery -A config beat` may share "
            "this database.",
        )
