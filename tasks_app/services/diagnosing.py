"""Asking the doctor."""

from dataclasses import dataclass

from tasks_app.reporting.diagnosing.diagnosis import diagnose
from tasks_app.reporting.diagnosing.finding import Finding
from tasks_app.services.actor import Actor
from tasks_app.services.superusers import check_superuser


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found, the worst first. Well: nothing is wrong; there may be notes."""

    findings: list[Finding]

    @property
    def well(self) -> bool:
        return not any(finding.is_wrong for finding in self.findings)


def diagnose_installation() -> Diagnosis:
    """What is so with this installation: for hands on the machine, who may see names of hosts and
    queues. Changes nothing."""
    return Diagnosis(diagnose())


def get_diagnosis(actor: Actor) -> Diagnosis:
    """The same for a user. Raises SuperusersOnly."""
    check_superuser(actor, "asks the doctor")
    return diagnose_installation()
