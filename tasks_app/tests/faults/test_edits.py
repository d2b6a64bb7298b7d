"""Schedules are made and taken away, and both is written down as the check of ticks reads it."""

from datetime import timedelta
from typing import Any

import pytest

from tasks_app.tests.faults import plans
from tasks_app.tests.faults.client import ACKNOWLEDGED, Answer
from tasks_app.tests.faults.edits import Edits
from tasks_app.tests.faults.fires import ticks_of
from tasks_app.tests.faults.histories import History, read_history


class Server:
    """Acknowledges everything, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        self.asked.append((method, path))
        return Answer(ACKNOWLEDGED, 200, {}, asked_at=1.0, seconds=0.5)


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path / "clients.jsonl")
    yield history
    history.close()


def edits_of(history: History, server: Any, *, ends_in: float) -> list[dict]:
    edits = Edits(server, history, 1, plans.next_second(timedelta(seconds=ends_in)))
    for _ in range(30):
        edits.edit()
    return read_history(history.path)


def test_what_is_taken_away_was_made_before_and_is_taken_away_once(history):
    lines = edits_of(history, Server(), ends_in=100)

    made = [line["key"] for line in lines if line["what"] == "schedule"]
    away = [line["key"] for line in lines if line["what"] == "disable"]
    assert len(away) == len(set(away)) > 0
    assert set(away) <= set(made)
    assert {line["answered_at"] for line in lines if line["what"] == "disable"} == {1.5}


def test_a_schedule_begins_when_it_surely_is_there_and_ends_with_the_trial(history):
    lines = edits_of(history, Server(), ends_in=40)

    spans = [sorted(ticks_of(line)) for line in lines if line["what"] == "schedule"]
    now, end = plans.next_second(), plans.next_second(timedelta(seconds=40))
    assert min(moments[0] for moments in spans) - now > timedelta(seconds=5)
    assert max(moments[-1] for moments in spans) < end


def test_nothing_is_made_that_would_never_fire(history):
    server = Server()

    edits_of(history, server, ends_in=3)

    assert server.asked == []
