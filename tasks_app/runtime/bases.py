"""Jobs whose class was written for plain Celery become ours, and keep what it says."""

from typing import Any

from celery import Task
from celery.utils.objects import mro_lookup

from tasks_app.runtime.job import Job


def as_job_class(base: Any, ours: Any) -> Any:
    """`base` behind `ours`, the app's job class: the claim comes first, then a `__call__` of its
    author's own, with the run's arguments."""
    if base is None or issubclass(ours, base):
        return ours
    if issubclass(base, Job):
        return base
    own_call = mro_lookup(base, "__call__", stop={Task, object}) is not None
    facts = {"abstract": True, "__module__": base.__module__, "has_own_call": own_call}
    return type(base.__name__, (ours, base), facts)
