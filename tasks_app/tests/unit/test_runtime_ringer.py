"""What follows a tick in threads of its own: doorbells first, and help while a herd lasts."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tasks_app import lifecycle
from tasks_app.broker import Doorbell
from tasks_app.runtime import ringer, second_hand
from tasks_app.runtime.ringer import Ringer
from tasks_app.runtime.second_hand import SecondHand
from tasks_app.scheduling.tick import BATCH, Fired

FULL, REST = Fired(served=BATCH), Fired(served=3)


def a_batch(name: str, number: int) -> Fired:
    """With one doorbell and one schedule that ran, by names that can be told apart."""
    bells: list[Any] = [name]
    return Fired(bells, [number])


@pytest.fixture
def told(monkeypatch):
    """What the ringer did, in its order."""
    acts = []
    monkeypatch.setattr(lifecycle, "ring_bells", lambda bells: acts.append(("ring", bells)))
    monkeypatch.setattr(ringer, "write_back", lambda *rows: acts.append(("write back", *rows)))
    return acts


def follow(*batches):
    thread = Ringer()
    for batch in batches:
        thread.follow(batch)
    thread.start()
    thread.finish(within=5)


def test_every_doorbell_rings_before_anything_is_written_back(told):
    follow(a_batch("a", 1), a_batch("b", 2)._replace(ended=[2]))

    assert told[:2] == [("ring", ["a"]), ("ring", ["b"])]
    assert told[2] == ("write back", [1, 2], [2])


def test_a_batch_that_cannot_be_rung_for_keeps_no_other_from_it(told, monkeypatch):
    rung = []

    def ring(bells):
        rung.append(bells)
        raise RuntimeError("the broker is on fire")

    monkeypatch.setattr(lifecycle, "ring_bells", ring)

    follow(a_batch("a", 1), a_batch("b", 2))

    assert rung == [["a"], ["b"]]
    assert told[0] == ("write back", [1, 2], [])


def test_what_waits_behind_a_broker_that_hangs_is_left_to_the_relay(told, monkeypatch):
    unsent: list[Any] = []
    monkeypatch.setattr(ringer, "MOST", 1)
    monkeypatch.setattr(lifecycle, "mark_unsent", unsent.extend)
    thread = Ringer()

    bell = Doorbell(uuid4(), "some.job", "default", 2, None, None)

    thread.follow(Fired([]))
    thread.follow(Fired([bell]))

    assert unsent == [bell.id]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_full_batch_calls_a_second_hand_that_stays_until_one_is_not_full(monkeypatch):
    left, followed = [FULL, FULL, REST], []
    monkeypatch.setattr(second_hand, "fire_due", lambda: left.pop(0))

    def follow(fired):
        followed.append(fired)
        return fired

    hand: Any = SecondHand(follow)
    hand.help_with(REST)
    assert hand._thread is None
    hand.help_with(FULL)
    helper: Any = hand._thread
    helper.join(5)

    assert followed == [FULL, FULL, REST]


def test_where_rows_cannot_be_passed_over_nobody_helps(monkeypatch):
    monkeypatch.setattr(connection.features, "has_select_for_update_skip_locked", False)
    hand = SecondHand(lambda fired: fired)

    hand.help_with(FULL)

    assert hand._thread is None
