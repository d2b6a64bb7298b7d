"""Pages of the libraries that would mislead here: nothing fires these schedules yet."""

import knox.admin  # noqa: F401  (their pages must be there before they can be taken away)
from django.contrib import admin
from django_celery_beat import models as beat
from django_celery_results import models as results
from knox.models import get_token_model

MISLEADING = [
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
    results.GroupResult,
    results.TaskResult,
    # Its pages would show digests, and make tokens that nobody can read.
    get_token_model(),
]

for model in MISLEADING:
    if admin.site.is_registered(model):
        admin.site.unregister(model)
