"""By what runs are compared that exclude each other."""

import inspect
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from tasks_app import registry
from tasks_app.models import Task
from tasks_app.models.unique_keys import unique_keys_of
from tasks_app.registry import RegisteredJob
from tasks_app.tests.runs import a_run, now_of

NOW = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def report(x, y=None, /, z=1, *pages, **options):
    """A job with every kind of parameter."""


def plain(x, y=2, **options):
    """A job as most are."""


@pytest.fixture(autouse=True)
def _jobs(monkeypatch):
    for signature in (inspect.signature(plain), inspect.signature(report)):
        name = "report" if "pages" in signature.parameters else "plain"
        known = RegisteredJob(name, "", signature, idempotent=False, queue="")
        monkeypatch.setitem(registry._jobs, name, known)


def a_task(**fields):
    """Not stored; always the same one, unless the fields say otherwise."""
    told = {"id": UUID(int=7), "celery_task_name": "plain", "unique_runs": "refuse"}
    return Task(**(told | fields))


def key(*args, task=None, **kwargs):
    """The key of a run of the task with these arguments."""
    return unique_keys_of(task or a_task(), args, kwargs, None).unique_key


def test_a_task_that_does_not_ask_for_it_has_no_keys():
    assert unique_keys_of(a_task(unique_runs=""), [1], {}, NOW) == (None, None)


def test_an_argument_is_the_same_by_place_and_by_name():
    assert key(1) == key(x=1)
    assert key(1, 2) == key(y=2, x=1)
    assert key(1, a=1, b=2) == key(b=2, a=1, x=1)


@pytest.mark.parametrize(
    "one, other",
    [(1, 2), (1, "1"), (1, True), (0, False), (0, None), ("", None), ([1], [[1]]), ({}, [])],
)
def test_other_values_are_other_runs(one, other):
    assert key(one) != key(other)


def test_a_default_that_was_not_said_is_missing():
    assert key(1) != key(1, 2)
    assert key(1) != key(1, None)


def test_the_order_of_names_says_nothing_and_that_of_items_does():
    assert key({"a": 1, "b": {"c": 1, "d": 2}}) == key({"b": {"d": 2, "c": 1}, "a": 1})
    assert key([1, 2]) != key([2, 1])


@pytest.mark.parametrize("one, other", [(1, 1.0), (0, -0.0), (100, 1e2), (10**300, 1e300)])
def test_a_number_is_the_same_however_it_is_written(one, other):
    assert key(one) == key(other)


def test_large_whole_numbers_are_told_apart():
    assert key(2**60) != key(2**60 + 1)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1.0, 1e2, 1e23, 1e300, 0.1, 1e-7, 123456789.125, 2**70])
def test_what_the_database_gives_back_has_the_key_of_what_was_sent(number):
    sent = json.loads(json.dumps(number))

    stored = now_of(a_run(args=[sent])).args

    assert key(*stored) == key(sent), connection.vendor


def test_tasks_do_not_exclude_each_other():
    assert key(1) != key(1, task=a_task(id=UUID(int=8)))


def test_only_the_chosen_arguments_are_compared():
    task = a_task(unique_keys=["x", "who"])

    assert key(1, 5, who="ada", task=task) == key(x=1, who="ada", y=6, further=1, task=task)
    assert key(1, 5, who="ada", task=task) != key(1, 5, who="bob", task=task)
    assert key(1, who=None, task=task) != key(1, task=task)


def test_what_two_parameters_take_is_told_apart():
    task = a_task(celery_task_name="report")

    assert key(1, x=2, task=task) != key(1, 2, task=task)
    assert key(1, 2, 3, 4, task=task) != key(1, 2, 3, [4], task=task)


def test_arguments_that_do_not_fit_are_compared_as_they_are():
    gone = a_task(celery_task_name="no.such.job")

    assert key(1, task=gone) == key(1, task=gone)
    assert key(1, task=gone) != key(x=1, task=gone)
    assert key(task=a_task()) != key(1, task=a_task())


def period(moment, *args, seconds=60):
    return unique_keys_of(a_task(unique_for=seconds), args or [1], {}, moment).period_key


def test_a_period_is_counted_from_1970():
    assert period(NOW) == period(NOW + timedelta(seconds=54))
    assert period(NOW) != period(NOW + timedelta(seconds=55))
    assert period(NOW) != period(NOW, 2)


def test_a_period_of_another_length_is_another_one():
    assert period(NOW, seconds=60) != period(NOW, seconds=61)


def test_without_a_period_there_is_no_key_of_one():
    assert unique_keys_of(a_task(), [1], {}, NOW).period_key is None


def test_the_keys_fit_their_columns():
    keys = unique_keys_of(a_task(unique_for=1), [1], {}, NOW)

    assert all(len(each) <= 80 for each in keys)
