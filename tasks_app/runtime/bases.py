"""Jobs whose class was written for plain Celery become ours, and keep what it says."""

from typing import Any

from celery import Celery, Task
from celery.utils.objects import mro_lookup

from tasks_app.runtime.job import Job


class ClaimFirst:
    """Stands before an author's class, as our job class stands behind it: the claim comes before
    anything of the author's, and everything else is as the author wrote it."""

    has_own_call = False

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.awaits_claim():
            return self.claim_and_run()
        return super().__call__(*args, **kwargs)  # type: ignore[misc]

    def before_start(self: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """Celery calls it for each message, duplicates too; the author's own waits for a claim."""
        if not self.awaits_claim():
            super().before_start(task_id, args, kwargs)  # type: ignore[misc]

    def body(self: Any, *args: Any, **kwargs: Any) -> Any:
        """The author's `before_start` and `__call__`, with the run's arguments."""
        super().before_start(self.request.id, args, kwargs)  # type: ignore[misc]
        if self.has_own_call:
            return super().__call__(*args, **kwargs)  # type: ignore[misc]
        return self.run(*args, **kwargs)

    @classmethod
    def on_bound(cls, app: Celery) -> None:
        """The author's may not know that ours wants to be called."""
        super().on_bound(app)  # type: ignore[misc]
        Job.on_bound.__func__(cls, app)  # type: ignore[attr-defined]


def as_job_class(base: Any, ours: Any) -> Any:
    """`base` between the claim and `ours`, the app's job class."""
    if base is None or issubclass(ours, base):
        return ours
    if issubclass(base, Job):
        return base
    own_call = mro_lookup(base, "__call__", stop={Task, object}) is not None
    facts = {"abstract": True, "__module__": base.__module__, "has_own_call": own_call}
    return type(base.__name__, (ClaimFirst, base, ours), facts)
