"""Single rows by ready-made statements: the same rows as the ORM's, for less."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.models.single_rows import fetch, insert
from tasks_app.tests.runs import JOB

MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def a_task(owner: Any, **fields: Any) -> Task:
    arguments = {"args": ["ünïcode", None, {"a": 1.5}], "kwargs": {"k": [True]}, "tags": ["x"]}
    return Task(name="Wait", celery_task_name=JOB, owner=owner, **arguments, **fields)


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def read_back(row: Model) -> dict[str, Any]:
    """As the ORM reads it."""
    return columns(type(row)._default_manager.get(pk=row.pk))


def test_an_inserted_row_is_in_memory_what_it_is_in_the_database(ada):
    task = a_task(ada)
    insert(task)
    run = TaskExecution(
        task=task, owner=ada, celery_task_name=JOB, trigger="api", expires_at=MOMENT, result={}
    )
    insert(run)
    event = Event(user=ada, door="api", verb="create", subject="task", subject_id=task.pk)
    insert(event)

    for row in (task, run, event):
        assert columns(row) == read_back(row)
        assert not row._state.adding
    assert run.run_at == run.created_at
    assert run.created_at.utcoffset() == timedelta(0)


def test_what_the_database_gives_comes_back_in_the_same_statement(ada):
    with CaptureQueriesContext(connection) as statements:
        insert(task := a_task(ada))
        assert task.created_at

    assert len(statements) == 1


def test_an_expression_is_computed_by_the_database(ada):
    insert(run := TaskExecution(celery_task_name=JOB, trigger="api", run_at=Now() + timedelta(1)))

    run.refresh_from_db()
    assert run.run_at - run.created_at == timedelta(days=1)


def test_a_row_that_exists_is_not_written_over(ada):
    insert(task := a_task(ada))

    with pytest.raises(IntegrityError):
        insert(a_task(ada, id=task.pk))


def test_a_refused_row_spoils_the_transaction_around_it_as_with_the_orm(ada):
    insert(task := a_task(ada))

    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(a_task(ada, id=task.pk))
        with pytest.raises(TransactionManagementError):
            Task.objects.count()


def test_a_field_that_writes_itself_is_written(db):
    period = IntervalSchedule.objects.create(every=1, period="days")
    insert(row := PeriodicTask(name="nightly", task=JOB, interval=period))

    assert row.date_changed == PeriodicTask.objects.get().date_changed


def test_a_fetched_row_is_the_one_that_the_orm_reads(ada):
    insert(task := a_task(ada, expires_after=60))

    fetched = fetch(Task, task.pk)

    assert fetched == task
    assert columns(fetched) == read_back(task)


def test_a_row_that_is_not_there_is_none(db):
    assert fetch(Task, uuid4()) is None
