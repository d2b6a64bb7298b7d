"""The usual combination on the same servers, links and processes."""

from tasks_app.tests.faults.installation import Installation
from tasks_app.tests.faults.plans import Planned

_PLAN = """
import json
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
for key, every in {plans!r}:
    if every:
        schedule, _ = IntervalSchedule.objects.get_or_create(every=every, period="seconds")
    else:
        schedule, _ = CrontabSchedule.objects.get_or_create(minute="*")
    PeriodicTask.objects.create(
        name=key, task="tasks_app.tests.faults.stock.jobs.work",
        kwargs=json.dumps({{"mark": key}}), **{{"interval" if every else "crontab": schedule}},
    )
"""
# What its programs say when they are ready.
_READY = {"worker": "ready.", "beat": "beat: Starting", "web": ""}


class StockInstallation(Installation):
    """Celery with django-celery-results and one django-celery-beat."""

    settings = "tasks_app.tests.faults.stock.settings"
    app = "tasks_app.tests.faults.stock.celery_app"
    wsgi = "tasks_app.tests.faults.stock.web"

    def prepare(self) -> str:
        """Migrate; there is no token."""
        self.manage("migrate", "--verbosity", "0")
        return ""

    def plan(self, plans: list[Planned]) -> None:
        """Make the schedules; they begin with the beat."""
        told = [(planned.key, planned.every) for planned in plans]
        self.manage("shell", "--verbosity", "0", "--command", _PLAN.format(plans=told))

    def is_complete(self) -> bool:
        return all(_READY[member.kind] in member.log() for member in self.members)
