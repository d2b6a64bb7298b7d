"""Outcomes on this machine that were never delivered."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tasks_app.reporting.diagnosing.finding import Finding, counted, error


def look() -> Iterator[Finding]:
    """What workers put aside because the ledger cannot take it."""
    folder = Path(settings.VAR_DIR) / "spool"
    if aside := len(list(folder.glob("*.aside"))):
        yield error(
            f"{counted(aside, 'outcome')} could not be delivered: see *.aside in {folder}.",
            "The .error beside each says why, the file which execution. Set its outcome by hand, "
            "then remove both.",
        )
