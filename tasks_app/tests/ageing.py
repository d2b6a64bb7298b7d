"""The way tests move time: what is stored grows older, and no clock is touched."""

from datetime import timedelta

from django.apps import apps
from django.db.models import DateTimeField, F, Model

# Events are append-only by trigger, and a token's expiry is no part of a run's life.
AGELESS = {"Event", "ApiToken"}


def age(seconds: float) -> None:
    """Shift every moment in the ledger that many seconds into the past, as if time had passed."""
    for model in apps.get_app_config("tasks_app").get_models():
        moments = _moments(model)
        if moments and model.__name__ not in AGELESS:
            earlier = {name: F(name) - timedelta(seconds=seconds) for name in moments}
            model._base_manager.update(**earlier)


def _moments(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.local_fields if isinstance(field, DateTimeField)]
