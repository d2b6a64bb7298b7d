"""`manage.py doctor`: what is wrong with this installation, and what to do."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tasks_app import services
from tasks_app.reporting.diagnosing.finding import Finding, Severity

ALL_IS_WELL = "All is well."
SOMETHING_IS_WRONG = 1


class Command(BaseCommand):
    help = (
        "Examine database, broker, clocks, processes, queues, runs, schedules, settings and space, "
        "and say in sentences what is wrong and what to do. It changes nothing and asks no worker, "
        "so it works whatever is down. Exit code: 0 all is well, 1 something is wrong."
    )
    # They are part of what it examines.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *_: Any, **given: Any) -> None:
        diagnosis = services.diagnose_installation()
        found, is_well = diagnosis.findings, diagnosis.well
        if given["json"]:
            told = [_as_plain(finding) for finding in found]
            self.stdout.write(json.dumps({"well": is_well, "findings": told}, indent=2))
        else:
            self._tell(found, is_well)
        if not is_well:
            raise SystemExit(SOMETHING_IS_WRONG)

    def _tell(self, found: list[Finding], is_well: bool) -> None:
        styles = {Severity.ERROR: self.style.ERROR, Severity.WARNING: self.style.WARNING}
        if is_well:
            self.stdout.write(self.style.SUCCESS(ALL_IS_WELL))
        for finding in found:
            word = styles.get(finding.severity, str)(f"{finding.severity.upper():<8}")
            self.stdout.write(f"{word}{finding.part}: {finding.sentence}")
            if finding.advice:
                self.stdout.write(f"{'':<8}→ {finding.advice}")


def _as_plain(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.severity.value,
        "part": finding.part,
        "sentence": finding.sentence,
        "advice": finding.advice,
    }
