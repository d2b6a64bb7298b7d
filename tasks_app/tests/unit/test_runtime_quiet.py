"""How long each queue of a worker has been quiet."""

from types import SimpleNamespace
from typing import Any

import pytest

from tasks_app.runtime import quiet


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A worker that began at 100 s and has got no message yet."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(quiet, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(quiet, "_began", clock.now)
    monkeypatch.setattr(quiet, "_last", {})
    return clock


def test_a_queue_is_quiet_since_its_last_message(clock: Any) -> None:
    quiet.note("default")
    clock.now += 7

    assert quiet.seconds_of(["default"]) == {"default": 7.0}


def test_one_from_which_nothing_came_is_quiet_since_the_worker_began(clock: Any) -> None:
    clock.now += 30
    quiet.note("other")

    assert quiet.seconds_of(["default", "other"]) == {"default": 30.0, "other": 0.0}


def test_only_queues_that_are_served_are_told(clock: Any) -> None:
    quiet.note("foreign")

    assert quiet.seconds_of(["default"]).keys() == {"default"}
