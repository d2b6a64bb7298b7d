"""A walk over what waits comes to each row, however many share a moment, and ends."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app.maintenance import walking
from tasks_app.models import TaskExecution
from tasks_app.tests.runs import a_run

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(walking, "PIECE", 4)


def rows():
    """What was rung before afternoon; ringing again takes a row out."""
    return TaskExecution.objects.sent_earlier_than(NOON + timedelta(hours=1))


def wait(count, *, apart=0.0, **columns):
    moments = [NOON + timedelta(seconds=number * apart) for number in range(count)]
    return [a_run(run_at=at, published_at=NOON, **columns).pk for at in moments]


def ring(ids):
    return TaskExecution.objects.among(ids).update(published_at=None)


def walk(see=ring):
    batches = []
    for ids in walking.in_turn(rows()):
        batches.append(ids)
        see(ids)
    return batches


@pytest.mark.parametrize("apart", [0, 0.0004, 1])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 11])
def test_each_row_comes_once(count, apart):
    waiting = wait(count, apart=apart)

    seen = [pk for batch in walk() for pk in batch]

    assert sorted(seen) == sorted(waiting)


def test_the_oldest_come_first_in_batches():
    first, second, third, *_ = waiting = wait(3, apart=1)

    assert walk() == [[first, second], [third]]
    assert waiting == [first, second, third]


def test_queues_take_turns():
    ours, theirs = wait(4, apart=1, queue="a"), wait(3, apart=1, queue="b")

    assert walk() == [ours[:2], theirs[:2], ours[2:], theirs[2:]]


@pytest.mark.parametrize("apart", [0, 1])
def test_rows_that_cannot_be_seen_to_do_not_keep_it_going(apart):
    waiting = wait(9, apart=apart)

    batches = walk(see=lambda ids: None)

    assert len(batches) <= len(waiting)


def test_a_walk_stops_where_it_is_told_to_and_goes_on_there():
    wait(5, apart=1)
    batches = walking.in_turn(rows())
    seen = []

    def see(ids):
        seen.append(ring(ids))
        return len(seen) != 1

    assert not walking.go_on(batches, see)
    assert walking.go_on(batches, see)
    assert seen == [2, 2, 1]


def test_a_walk_ends_its_turn_when_time_is_up(monkeypatch):
    monkeypatch.setattr(walking, "TURN", 0)
    wait(5, apart=1)
    batches = walking.in_turn(rows())

    assert not walking.go_on(batches, ring)

    assert rows().count() == 3
