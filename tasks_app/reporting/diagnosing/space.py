"""Space: the disk of this machine, and how large the database is."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from tasks_app.reporting.diagnosing.finding import Finding, error, note, warning

SHORT, NO_MORE = 0.1, 0.02


def look() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    if folder.is_dir():
        disk = shutil.disk_usage(folder)
        sentence = f"{disk.free // 2**20:,} MiB of the disk of {folder} are free."
        advice = (
            "Free some: what cannot be written is lost. manage.py executions prune helps SQLite."
        )
        if disk.free < NO_MORE * disk.total:
            yield error(sentence, advice)
        elif disk.free < SHORT * disk.total:
            yield warning(sentence, advice)
        else:
            yield note(sentence)
    if (size := _size()) is not None:
        yield note(f"The database takes {math.ceil(size / 2**20):,} MiB.")


def _size() -> int | None:
    """In bytes; None if the database does not tell."""
    questions = {
        "postgresql": "SELECT pg_database_size(current_database())",
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(questions[connection.vendor])
            return int(cursor.fetchone()[0])
    except DatabaseError:
        return None
