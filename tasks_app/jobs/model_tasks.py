"""Jobs about the models of this installation."""

from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.apps import apps
from django.db.models import Model

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job


@shared_task(bind=True, idempotent=True)
def count_rows(self: "Job", app_label: str = "") -> dict[str, Any]:
    """Count the rows of every table, or of one app's tables: what grows, and how fast.

    Raises LookupError when no app of that label is installed.
    """
    models = _models_with_tables(app_label)
    tables: dict[str, int] = {}
    for done, model in enumerate(models, start=1):
        self.raise_if_cancelled()
        tables[model._meta.db_table] = model._base_manager.count()
        self.update_progress(100 * done / len(models), f"counted {model._meta.db_table}")
    return {"tables": tables, "rows": sum(tables.values())}


def _models_with_tables(app_label: str) -> list[type[Model]]:
    """The models that have a table of their own, in order of the tables' names."""
    found = apps.get_app_config(app_label).get_models() if app_label else apps.get_models()
    managed = [model for model in found if model._meta.managed and not model._meta.proxy]
    return sorted(managed, key=lambda model: model._meta.db_table)
