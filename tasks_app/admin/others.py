"""Pages of the libraries that would mislead here: nothing fires these schedules yet."""

from importlib import import_module

from django.contrib import admin
from django_celery_beat import models as beat
from django_celery_results import models as results

# Their pages must be there before they can be taken away.
for library in ("django_celery_beat", "django_celery_results", "knox"):
    import_module(f"{library}.admin")

MISLEADING = [
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
    results.GroupResult,
    results.TaskResult,
]

for model in [each for each in MISLEADING if admin.site.is_registered(each)]:
    admin.site.unregister(model)
