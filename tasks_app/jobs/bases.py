"""Base classes by the names under which other projects know them; each of them is our job class."""

from typing import Any

from django.db import connections

from tasks_app.runtime.job import Job


class DatabaseAwareTask(Job):
    """A job that tells its progress: `self.update_progress(percent, message)`."""

    abstract = True


class SQLAlchemyTask(Job):
    """A job that hands its database connections back when it is over."""

    abstract = True

    def after_return(
        self, status: str, retval: Any, task_id: str, args: Any, kwargs: Any, einfo: Any
    ) -> None:
        """Close what the job broke, left in a transaction or kept beyond its `CONN_MAX_AGE`.

        A sound connection stays open on purpose: opening one costs more than a short run. So does
        one in a transaction of whoever called the job inline.
        """
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
        super().after_return(status, retval, task_id, args, kwargs, einfo)
