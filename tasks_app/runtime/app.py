"""The Celery app class: our job class, result backend and worker step, and a row for every call."""

import inspect
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import django
from celery import Celery
from celery.utils.imports import instantiate
from django.apps import apps
from django.db import transaction
from kombu.utils.uuid import uuid

from tasks_app.runtime import forks, processes, soft, warm_stop  # noqa: F401  (hooks)
from tasks_app.runtime.logs import levels  # noqa: F401  (hooks in when loaded)
from tasks_app.runtime.loops import beside_the_loop
from tasks_app.runtime.transport import use_ours

use_ours()


class LedgerApp(Celery):
    """An app whose jobs are managed by the ledger."""

    task_cls = "tasks_app.runtime.job:Job"
    backend_cls = "tasks_app.runtime.backend:LedgerBackend"
    control_cls = "tasks_app.runtime.control:LedgerControl"

    def on_init(self) -> None:
        """Give every worker of this app its row."""
        self.steps["worker"].add("tasks_app.runtime.bootsteps:WorkerRow")

    def send_task(self, name: str, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Write the call down; its doorbell rings when the caller's transaction commits.

        All of `delay()`, `apply_async()`, `celery call` and every part of a canvas come through
        here. Jobs that only other apps know, and Celery's own, are published as plain Celery does.
        """
        set_up_django()
        from tasks_app.runtime import calls
        from tasks_app.runtime.discovery import is_job

        if not is_job(self, name):
            return self._send_plainly(partial(super().send_task, name, args, kwargs), options)
        submit = partial(calls.submit, self, name, args, kwargs, options)
        execution_id = beside_the_loop(submit)
        result = (options.get("result_cls") or self.AsyncResult)(str(execution_id))
        result.ignored = bool(options.get("ignore_result"))
        if options.get("add_to_parent", True) and (parent := self.current_worker_task):
            parent.add_trail(result)
        return result

    def _send_plainly(self, send: Callable[..., Any], options: dict[str, Any]) -> Any:
        """At once, or with the end of the run that it follows."""
        from tasks_app.runtime.calls import is_following

        if not is_following():
            return send(**options)
        task_id = options.setdefault("task_id", None) or uuid()
        told = {**options, "task_id": task_id}
        transaction.on_commit(lambda: send(**told), robust=True)
        return self.AsyncResult(task_id)

    def register_task(self, task: Any, **options: Any) -> Any:
        """A class of the author's own is a job too, whatever it inherits from."""
        task = task() if inspect.isclass(task) else task
        task.__class__ = self._job_class(type(task))
        return super().register_task(task, **options)

    def _task_from_fun(self, fun: Any, name: Any = None, base: Any = None, **options: Any) -> Any:
        """All of `@app.task` and `@shared_task` come through here."""
        return super()._task_from_fun(fun, name, self._job_class(base), **options)

    def _job_class(self, base: Any) -> Any:
        from tasks_app.runtime.bases import as_job_class

        return as_job_class(base, self.Task)

    @cached_property
    def Worker(self) -> Any:  # noqa: N802  (Celery's name)
        """What `celery worker` starts."""
        set_up_django()
        from tasks_app.runtime.soft_shutdown import Worker

        return self.subclass_with_self(Worker)

    @cached_property
    def control(self) -> Any:
        """Commands from a shell revoke rows: `celery control revoke`."""
        set_up_django()
        return instantiate(self.control_cls, app=self)

    def _get_backend(self) -> Any:
        set_up_django()
        return super()._get_backend()  # type: ignore[misc]


def set_up_django() -> None:
    """`celery call` and `celery result` use the ledger, but Celery sets up Django for workers only.

    Where Django itself is loading this app, its set-up is under way.
    """
    if not apps.ready and not apps.loading:
        django.setup()
