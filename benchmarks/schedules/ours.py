"""Belfry's scheduler: its process, and the timers that must be set before it can fire."""

import time
from typing import Any

from django.db import connection

from benchmarks.schedules.contender import Contender

OURS = Contender("ours", "config", "tasks_app.runtime.beat:DueScheduler")


def first_fill() -> dict[str, Any]:
    """Set every timer that the triggers made, as beat does after an import of many schedules."""
    from tasks_app.scheduling.edits import take_edits

    began, cpu, served = time.perf_counter(), time.process_time(), 0
    while batch := take_edits().served:
        served += batch
    facts = {
        "first_fill_s": time.perf_counter() - began,
        "first_fill_cpu_s": time.process_time() - cpu,
        "timers": served,
    }
    tidy()
    return facts


def tidy() -> None:
    """Leave no dead rows behind: on PostgreSQL autovacuum would do so within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def is_settled() -> bool:
    """Whether no timer waits to be set anew."""
    from tasks_app.models import Timer

    return not Timer.objects.stale().exists()


def lags_of_rows() -> list[float]:
    """Seconds from a tick's nominal moment until its row was written, in order."""
    from tasks_app.models import TaskExecution

    moments = TaskExecution.objects.filter(reason="").values_list("created_at", "scheduled_for")
    return sorted((made - nominal).total_seconds() for made, nominal in moments if nominal)


def empty_ledger() -> None:
    """Every herd begins without the runs of the one before, which nobody worked off."""
    with connection.cursor() as cursor:
        truncate = "TRUNCATE {} CASCADE" if connection.vendor == "postgresql" else "DELETE FROM {}"
        cursor.execute(truncate.format("task_executions"))
