"""Settings: what the system checks refuse, and what they let pass."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import ERROR, run_checks

from tasks_app.reporting.diagnosing.finding import Finding, error, note, warning


def look() -> Iterator[Finding]:
    for found in run_checks():
        of_its_weight = error if found.level >= ERROR else warning
        advice = found.hint or "Run: manage.py check."
        yield of_its_weight(f"{found.msg} ({found.id})", str(advice))
    if settings.DEBUG:
        yield warning(
            "DEBUG is on: error pages show source and settings, and processes keep every query.",
            "Unset DEBUG wherever others than you work.",
        )
    zones = {settings.TIME_ZONE, settings.CELERY_TIMEZONE}
    if len(zones) > 1:
        yield note(
            f"The admin shows times in {settings.TIME_ZONE}; schedules without a zone of their "
            f"own follow {settings.CELERY_TIMEZONE}."
        )
