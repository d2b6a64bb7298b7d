"""Clocks: this machine's beside the database's, and how regularly processes speak."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tasks_app.models import Worker
from tasks_app.models.control import database_time
from tasks_app.reporting.diagnosing.finding import Finding, note, warning
from tasks_app.reporting.explaining.moments import span

APART = timedelta(seconds=2)


def look() -> Iterator[Finding]:
    before = timezone.now()
    theirs = database_time()
    # Half of the way there and back.
    apart = before + (timezone.now() - before) / 2 - theirs
    if abs(apart) > APART:
        word = "ahead of" if apart > timedelta() else "behind"
        yield warning(
            f"This machine's clock is {span(abs(apart))} {word} the database's.",
            "Run NTP on both. Decisions follow the database; logs, sessions and tokens do not.",
        )
    else:
        yield note(f"This machine's clock and the database's agree within {APART.seconds} s.")
    yield from _heartbeats()


def _heartbeats() -> Iterator[Finding]:
    late = timedelta(seconds=2 * settings.HEARTBEAT_SECONDS)
    for worker in Worker.objects.on_duty():
        if worker.lives and worker.silence > late:
            yield warning(
                f"Worker {worker.hostname} was last heard {span(worker.silence)} ago; it should "
                f"speak every {settings.HEARTBEAT_SECONDS} s.",
                "See whether its machine is overloaded or its way to the database slow: at "
                f"{settings.LEASE_SECONDS} s of silence its runs are taken for lost.",
            )
