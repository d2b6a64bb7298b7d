"""The way tests move time: what is stored grows older, and no clock is touched."""

import json
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import DateTimeField, F, Model
from django_celery_beat.models import ClockedSchedule, PeriodicTask

from tasks_app.models import Timer
from tasks_app.scheduling.moments import write_moment
from tasks_app.scheduling.plan import Plan

FAR = timedelta(days=36_500)
# Events are append-only by trigger, and a token's expiry is no part of a run's life.
AGELESS = {"Event", "ApiToken"}


def age(seconds: float) -> None:
    """Shift every moment of ledger, timers and schedules that many seconds into the past.

    As if time had passed. The local times of a crontab stay: age by a multiple of its period.
    """
    for timer in Timer.objects.exclude(spec=""):
        Timer.objects.filter(pk=timer.pk).update(spec=_older(timer.spec, seconds))
    for model in (ClockedSchedule, PeriodicTask):
        _age(model, seconds)
    for model in apps.get_app_config("tasks_app").get_models():
        if model.__name__ not in AGELESS:
            _age(model, seconds)


def _age(model: type[Model], seconds: float) -> None:
    """By way of the far past: a row that moves to where another still is would be refused."""
    if moments := _moments(model):
        for span in (FAR, timedelta(seconds=seconds) - FAR):
            model._base_manager.update(**{name: F(name) - span for name in moments})


def _older(spec: str, seconds: float) -> str:
    """A plan with the moments that stand in it shifted."""
    plan = json.loads(spec)
    for name in {"anchor", "at", "start", "end"} & plan.keys():
        if plan[name]:
            earlier = datetime.fromisoformat(plan[name]) - timedelta(seconds=seconds)
            plan[name] = write_moment(earlier)
    return Plan.read(json.dumps(plan)).text


def _moments(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.local_fields if isinstance(field, DateTimeField)]
