"""Who is compared, by the words of the report."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

OURS, OURS_BY_CALL = "ours", "ours, by delay()"
OURS_UNWAITED = "ours, not waiting for the disk"
BARE, STOCK = "bare Celery", "django-celery-results"


class Contender(NamedTuple):
    """A Celery app below this package, the Django settings beside it, and how it submits one."""

    app: str
    settings: str
    submit: str = "call"
    environment: Mapping[str, str] = {}

    @property
    def module(self) -> Any:
        """The app's module, in a process that has Django set up with its settings."""
        return import_module(self.app)


_STOCK_SETTINGS = "benchmarks.runs.stock_settings"
CONTENDERS = {
    OURS: Contender("benchmarks.runs.ours", "config.settings", "execute"),
    OURS_BY_CALL: Contender("benchmarks.runs.ours", "config.settings"),
    # Not how to run it: it tells what of the time is the disk's.
    OURS_UNWAITED: Contender(
        "benchmarks.runs.ours",
        "config.settings",
        "execute",
        {"PGOPTIONS": "-c synchronous_commit=off"},
    ),
    BARE: Contender("benchmarks.runs.bare", _STOCK_SETTINGS),
    STOCK: Contender("benchmarks.runs.stock", _STOCK_SETTINGS),
}
