"""Jobs written for the base classes of other projects run here as they stand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Task, shared_task
from django.contrib.auth.models import User
from django.db import connection, transaction

from config import celery_app
from tasks_app import registry, services
from tasks_app.jobs import DatabaseAwareTask, SQLAlchemyTask
from tasks_app.models import TaskExecution
from tasks_app.runtime.discovery import fill_registry
from tasks_app.runtime.job import Job
from tasks_app.services import Actor
from tasks_app.tests.deliveries import deliver

Run = Callable[..., TaskExecution]


@pytest.fixture
def run(ada: User) -> Iterator[Run]:
    """Deliver a job that only this test knows."""
    made: list[str] = []

    def run(job: Task[..., Any], *args: Any) -> TaskExecution:
        made.append(job.name)
        fill_registry(celery_app)
        _, execution = services.create_task(
            Actor(ada), name="seed", celery_task_name=job.name, args=list(args)
        )
        assert execution is not None
        deliver(execution)
        return execution

    yield run
    for name in made:
        del celery_app.tasks[name], registry._jobs[name]


def test_a_database_aware_task_tells_its_progress(run: Run) -> None:
    @shared_task(bind=True, base=DatabaseAwareTask)
    def my_custom_task(self: Any, param1: str, param2: str) -> dict[str, Any]:
        # 更新进度
        self.update_progress(0, "任务开始")

        result_data = [param1, param2]

        # 完成任务
        self.update_progress(100, "任务完成")

        # 返回结果
        return {"status": "success", "data": result_data}

    execution = run(my_custom_task, "a", "b")

    assert execution.result == {"status": "success", "data": ["a", "b"]}
    assert (execution.progress, execution.progress_message) == (100, "任务完成")


def test_a_sqlalchemy_task_runs_and_may_have_hooks_of_its_own(run: Run) -> None:
    told: list[str] = []

    class OwnTask(SQLAlchemyTask):
        abstract = True

        def after_return(self, status: str, *rest: Any) -> None:
            super().after_return(status, *rest)
            told.append(status)

    @celery_app.task(bind=True, base=OwnTask, name="app.tasks.example_task")
    def example_task(self: Any, arg1: str, arg2: str, task_id: str | None = None) -> dict[str, Any]:
        return {"arguments": [arg1, arg2], "task_id": task_id}

    execution = run(example_task, "a", "b")

    assert execution.result == {"arguments": ["a", "b"], "task_id": str(execution.task_id)}
    assert told == ["SUCCESS"]


@pytest.mark.parametrize("base", [DatabaseAwareTask, SQLAlchemyTask])
def test_each_is_our_job_class(base: type) -> None:
    assert issubclass(base, Job)


def after_return() -> None:
    SQLAlchemyTask().after_return("SUCCESS", None, "", [], {}, None)


def test_a_sound_connection_is_kept_for_the_next_run(transactional_db: None) -> None:
    connection.ensure_connection()
    before = connection.connection

    after_return()

    assert connection.connection is before


def test_the_transaction_of_an_inline_caller_goes_on(transactional_db: None) -> None:
    with transaction.atomic():
        after_return()

        assert connection.is_usable()


def test_a_connection_left_in_a_transaction_is_handed_back(transactional_db: None) -> None:
    connection.set_autocommit(False)

    after_return()

    assert connection.connection is None
