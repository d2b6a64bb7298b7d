"""One of the two schedulers that are compared."""

from importlib import import_module
from typing import Any, NamedTuple

from celery.utils.imports import symbol_by_name


class Contender(NamedTuple):
    """What `celery -A app beat --scheduler scheduler` needs."""

    name: str
    app: str
    scheduler: str

    def start(self) -> Any:
        """The scheduler in this process, as `celery beat` makes it."""
        app: Any = import_module(self.app)
        app = getattr(app, "app", None) or app.celery_app
        return symbol_by_name(self.scheduler)(app=app, lazy=False)


def contender(name: str) -> Contender:
    """The contender of that name."""
    from benchmarks.schedules.ours import OURS
    from benchmarks.schedules.stock import STOCK

    return {each.name: each for each in (OURS, STOCK)}[name]
