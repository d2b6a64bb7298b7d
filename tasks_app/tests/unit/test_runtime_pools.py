"""Which pools a worker starts with, and what it says of the others."""

import logging
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from celery.concurrency import get_implementation
from django.core.exceptions import ImproperlyConfigured

from tasks_app.runtime import pools


def a_worker(pool: Any, optimization: str = "default") -> Any:
    """What a worker knows of itself when its steps are made."""
    return SimpleNamespace(pool_cls=pool, optimization=optimization)


class TaskPool:
    """A pool from elsewhere; its class is called as Celery's are."""


TaskPool.__module__ = "celery.concurrency.gevent"


@pytest.mark.parametrize("name", ["prefork", "processes", "solo", "threads"])
@pytest.mark.parametrize("optimization", ["default", "fair"])
def test_a_worker_starts_with_the_pools_that_can_run_jobs(name: str, optimization: str) -> None:
    pools.refuse_unfit(a_worker(get_implementation(name), optimization))


def test_any_other_pool_is_refused_with_what_to_use() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"gevent cannot .* Use --pool prefork"):
        pools.refuse_unfit(a_worker(TaskPool))


def test_a_pool_that_hands_out_jobs_early_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"With -O fast .* Use -O fair"):
        pools.refuse_unfit(a_worker(get_implementation("prefork"), "fast"))


@pytest.mark.parametrize(
    "name, words", [("solo", "one job at a time"), ("threads", "no soft time limits")]
)
def test_a_pool_that_cannot_do_all_says_so(
    name: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    pools.tell_bounds(a_worker(get_implementation(name)))

    assert words in caplog.text


@pytest.mark.parametrize("name, loop", [("solo", True), ("threads", True), ("prefork", False)])
def test_only_a_prefork_worker_with_a_loop_can_kill_one_job(name: str, loop: bool) -> None:
    worker = a_worker(get_implementation(name))
    worker.use_eventloop = loop
    prefork = a_worker(get_implementation("prefork"))
    prefork.use_eventloop = True

    assert not pools.can_kill(worker)
    assert pools.can_kill(prefork)


def test_a_prefork_worker_looks_for_dead_children_each_second() -> None:
    prefork = a_worker(get_implementation("prefork"))
    prefork.use_eventloop, prefork.timer, prefork.pool = True, Mock(), Mock()

    pools.look_for_dead_children(prefork)

    prefork.timer.call_repeatedly.assert_called_once_with(1.0, prefork.pool.maintain_pool)


def test_prefork_has_nothing_to_say(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        pools.tell_bounds(a_worker(get_implementation("prefork")))

    assert not caplog.text
