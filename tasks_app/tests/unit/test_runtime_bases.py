"""Jobs with a class that knows nothing of us: recorded like any other, with their own hooks."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Task, shared_task

from config import celery_app
from tasks_app import registry
from tasks_app.jobs import DatabaseAwareTask
from tasks_app.models import TaskExecution
from tasks_app.runtime.bases import as_job_class
from tasks_app.runtime.discovery import fill_registry
from tasks_app.tests.deliveries import deliver

pytestmark = pytest.mark.django_db


class Shelf(Task):
    """A base class of the author's own."""

    abstract = True
    unit = "crate"

    def after_return(self, status: str, *rest: Any) -> None:
        told.append(f"{status} {rest[2]}")


class Doubling(Task):
    """A class that wraps what its jobs do."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        told.append(f"called with {args}")
        return 2 * super().__call__(*args, **kwargs)


class Chatty(Task):
    """A class that has words of its own for what ours has too."""

    abstract = True
    idempotent = acks_late = True

    @classmethod
    def on_bound(cls, app: Any) -> None:
        told.append(f"bound {cls.name}")

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        told.append(f"before {args}")

    def update_progress(self, page: int) -> None:
        told.append(f"page {page}")

    def retry(self, *args: Any, **kwargs: Any) -> Any:
        told.append("again")
        return super().retry(*args, **{"countdown": 0, **kwargs})


class Counter(Task):
    """A job as a class."""

    name = "plain.counter"

    def run(self, number: int) -> int:
        return number + 1


told: list[str] = []


@pytest.fixture
def known() -> Iterator[Any]:
    """Both as jobs of our app."""

    @shared_task(base=Shelf, bind=True, name="plain.count_crates")
    def count_crates(self: Any, number: int) -> str:
        return f"{number} {self.unit}"

    @shared_task(base=Doubling, name="plain.doubled")
    def doubled(number: int) -> int:
        return number

    @shared_task(base=Chatty, bind=True, name="plain.chatty")
    def chatty(self: Any, number: int) -> int:
        self.update_progress(page=number)
        if not self.request.retries:
            raise self.retry()
        return number

    celery_app.register_task(Counter())
    fill_registry(celery_app)
    yield celery_app.tasks
    for name in ("plain.count_crates", "plain.counter", "plain.doubled", "plain.chatty"):
        del celery_app.tasks[name], registry._jobs[name]


def ran(job: Any, *args: Any) -> TaskExecution:
    job.delay(*args)
    execution = TaskExecution.objects.get(celery_task_name=job.name)
    deliver(execution)
    return execution


def test_a_base_of_the_authors_own_keeps_its_hooks_and_its_attributes(known: Any) -> None:
    told.clear()

    execution = ran(known["plain.count_crates"], 3)

    assert execution.status == "success"
    assert execution.result == "3 crate"
    assert told == ["SUCCESS [3]"]


def test_an_authors_own_call_gets_the_arguments_and_has_the_last_word(known: Any) -> None:
    told.clear()

    execution = ran(known["plain.doubled"], 21)

    assert (execution.status, execution.result) == ("success", 42)
    assert told == ["called with (21,)"]


def test_what_an_authors_class_says_is_stronger_than_what_ours_does(known: Any) -> None:
    told.clear()

    execution = ran(known["plain.chatty"], 3)
    assert (execution.status, execution.on_lost) == ("retry", "retry")

    deliver(execution)
    assert (execution.status, execution.result) == ("success", 3)
    assert told == ["before (3,)", "page 3", "again", "before (3,)", "page 3"]


def test_an_authors_class_hears_that_it_is_bound_and_ours_too(known: Any) -> None:
    job = known["plain.chatty"]

    assert "bound plain.chatty" in told
    assert job.acks_late is False


def test_an_authors_hook_is_not_called_for_a_duplicate(known: Any) -> None:
    execution = ran(known["plain.chatty"], 3)
    deliver(execution)
    told.clear()

    deliver(execution)

    assert not told


def test_a_job_as_a_class_is_recorded(known: Any) -> None:
    execution = ran(known["plain.counter"], 3)

    assert (execution.status, execution.result) == ("success", 4)


def test_our_own_classes_are_left_alone() -> None:
    ours: Any = celery_app.Task

    assert as_job_class(None, ours) is ours
    assert as_job_class(Task, ours) is ours
    assert as_job_class(DatabaseAwareTask, ours) is DatabaseAwareTask
