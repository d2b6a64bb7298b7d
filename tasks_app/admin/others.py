"""Pages of the libraries: ours take the place of beat's, and what would mislead goes."""

from importlib import import_module

from django.contrib import admin
from django_celery_beat import models as beat
from django_celery_results import models as results

# Their pages must be there before they can be taken away.
for library in ("django_celery_beat", "django_celery_results", "knox"):
    import_module(f"{library}.admin")

REPLACED = [
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
]
# Results are columns of the ledger: these tables stay empty, or hold counters only.
MISLEADING = [results.GroupResult, results.TaskResult]

for model in [each for each in [*REPLACED, *MISLEADING] if admin.site.is_registered(each)]:
    admin.site.unregister(model)
