"""Whether there is room for more runs: what the sweep counted, and what came since."""

from types import SimpleNamespace

import pytest

from tasks_app.maintenance import WaitingCount
from tasks_app.models import Control
from tasks_app.models.waiting import Waiting, count_waiting, keep_waiting, kept_waiting
from tasks_app.reporting import backlog
from tasks_app.reporting.backlog import Backlog
from tasks_app.states import WAITING, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run

pytestmark = pytest.mark.django_db
OWNER, OTHER = 7, 8


@pytest.fixture
def clock(monkeypatch):
    """The process's own clock, which stands still until the test moves it on."""
    clock = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(backlog, "time", SimpleNamespace(monotonic=lambda: clock.seconds))
    return clock


@pytest.fixture(autouse=True)
def _caps(settings):
    settings.WAITING_RUNS_PER_OWNER_MAX, settings.WAITING_RUNS_MAX = 10, 15


def told(own=0, others=0, seconds_ago=0.0):
    """What a beat has counted."""
    keep_waiting(Waiting(own + others, {OWNER: own}), seconds_ago)


def has_room(room, owner):
    """Whether one more run may wait; it is not taken for one that does."""
    admitted = room.admit(owner) is None
    if admitted:
        room.give_up(owner, 1)
    return admitted


def passed(clock, seconds):
    """Time goes on, for rows and process alike."""
    age(seconds)
    clock.seconds += seconds


def test_the_runs_that_wait_are_counted_by_owner(ada, bob):
    for status in Status:
        a_run(status, owner=ada)
    a_run(owner=bob)
    a_run()

    assert count_waiting(100) == (len(WAITING) + 2, {ada.pk: len(WAITING), bob.pk: 1})


def test_no_more_are_counted_than_was_asked_for():
    for _ in range(4):
        a_run()

    assert count_waiting(3).all == 3


def test_a_count_is_kept_with_its_age():
    assert kept_waiting() is None

    keep_waiting(Waiting(5, {OWNER: 4}), 2.5)

    kept = kept_waiting()
    assert kept.waiting == (5, {OWNER: 4})
    assert 2.5 <= kept.age < 10


def test_a_count_from_a_clock_that_was_set_back_is_none_and_made_anew():
    """Or nobody would count for as long as the step."""
    told(own=9, seconds_ago=-3600)
    assert kept_waiting() is None

    WaitingCount().count()

    assert kept_waiting().waiting.all == 0


def test_an_owner_may_fill_their_cap_and_no_more(clock):
    told(own=9)
    room = Backlog()

    assert room.admit(OWNER) is None
    refused = room.admit(OWNER)

    assert (refused.waiting, refused.most, refused.is_own) == (10, 10, True)


def test_the_cap_of_all_is_for_everybody(clock):
    told(others=14)
    room = Backlog()

    assert room.admit(None) is None
    for owner in (None, OWNER):
        refused = room.admit(owner)
        assert (refused.waiting, refused.most, refused.is_own) == (15, 15, False)


def test_one_owner_at_the_cap_keeps_no_other_out(clock):
    told(own=10)

    assert Backlog().admit(OTHER) is None


def test_many_are_let_in_together_or_not_at_all(clock):
    told(own=5)
    room = Backlog()

    assert room.admit(OWNER, 6)
    assert room.admit(OWNER, 5) is None


def test_what_was_not_written_down_after_all_gives_its_room_back(clock):
    told(own=9)
    room = Backlog()
    room.admit(OWNER)

    room.give_up(OWNER, 1)

    assert has_room(room, OWNER)


def test_the_count_is_read_once_a_second(clock, django_assert_num_queries):
    told()
    room = Backlog()

    with django_assert_num_queries(1):
        for _ in range(5):
            room.admit(OWNER)
    with django_assert_num_queries(1):
        clock.seconds += 1
        has_room(room, OWNER)
        has_room(room, OTHER)


def test_what_came_after_a_count_is_added_to_it(clock):
    told()
    room = Backlog()
    assert room.admit(OWNER, 8) is None

    passed(clock, 3)
    # Counted before the eight came.
    told(seconds_ago=4)

    assert room.admit(OWNER, 3)


def test_what_came_before_a_count_is_in_it(clock):
    told()
    room = Backlog()
    assert room.admit(OWNER, 8) is None
    assert room.admit(None, 2) is None

    passed(clock, 5)
    told(own=3, seconds_ago=1)

    assert room.admit(OWNER, 7) is None


def test_room_that_was_given_back_is_not_counted_twice(clock):
    told()
    room = Backlog()
    room.admit(OWNER, 9)
    passed(clock, 3)
    room.give_up(OWNER, 9)

    for _ in range(2):
        passed(clock, 3)
        told(seconds_ago=1)
        has_room(room, OWNER)

    assert room.admit(OWNER, 11)
    assert room.admit(OWNER, 10) is None


@pytest.mark.parametrize("is_counted", [True, False])
def test_without_a_beat_the_process_counts_itself(ada, clock, is_counted):
    if is_counted:
        told()
        age(61)
    for _ in range(10):
        a_run(owner=ada)

    assert Backlog().admit(ada.pk).is_own


def test_it_counts_each_ten_seconds_and_no_more_than_may_wait(clock, monkeypatch):
    asked = []

    def count(most):
        asked.append(most)
        return Waiting()

    monkeypatch.setattr(backlog, "count_waiting", count)
    room = Backlog()

    for _ in range(11):
        has_room(room, OWNER)
        clock.seconds += 1

    assert asked == [16, 16]


def test_a_slow_count_is_made_less_often(clock, monkeypatch):
    asked = []

    def slowly(most):
        clock.seconds += 2
        asked.append(most)
        return Waiting()

    monkeypatch.setattr(backlog, "count_waiting", slowly)
    room = Backlog()

    for _ in range(38):
        has_room(room, OWNER)
        clock.seconds += 1

    assert len(asked) == 1
    has_room(room, OWNER)
    assert len(asked) == 2


def test_the_time_to_come_back_is_as_fast_as_the_number_falls(clock):
    told(own=16)
    room = Backlog()
    has_room(room, OWNER)
    passed(clock, 4)
    told(own=13)

    # Three went in four seconds; four must go before one more fits.
    assert room.admit(OWNER).seconds == 6


def test_the_time_to_come_back_is_a_second_at_least_and_ten_minutes_at_most(clock):
    told(own=1000)
    room = Backlog()
    has_room(room, OWNER)
    passed(clock, 4)
    told(own=10)
    assert room.admit(OWNER).seconds == 1

    passed(clock, 3600)
    told(own=9)
    assert room.admit(OWNER, 10).seconds == 600


def test_where_the_number_does_not_fall_half_a_minute_is_told(clock):
    told(own=10)

    assert Backlog().admit(OWNER).seconds == 30


# --- the sweep


def test_the_sweep_keeps_what_waits_and_owners_with_a_tenth_of_their_cap(ada, bob, settings):
    settings.WAITING_RUNS_PER_OWNER_MAX = 30
    for owner, count in {ada: 3, bob: 2}.items():
        for _ in range(count):
            a_run(owner=owner)

    WaitingCount().count()

    assert Control.objects.get().waiting == {"all": 5, "owners": {str(ada.pk): 3}}


def test_the_sweep_passes_over_what_was_just_counted(django_assert_num_queries):
    WaitingCount().count()

    with django_assert_num_queries(1):
        WaitingCount().count()

    age(2)
    with django_assert_num_queries(3):
        WaitingCount().count()


@pytest.mark.parametrize("took, rest", [(1.0, 20), (10.0, 48)])
def test_the_sweep_rests_twenty_times_as_long_as_it_took(monkeypatch, took, rest):
    """But no longer than until processes would count themselves."""
    ticking = iter([0.0, took, 0.0, took])
    monkeypatch.setattr(
        "tasks_app.maintenance.counting.time", SimpleNamespace(monotonic=lambda: next(ticking))
    )
    sweep = WaitingCount()
    sweep.count()

    age(rest * 0.9 - took - 5)
    sweep.count()
    assert kept_waiting().age > took + 5

    age(6)
    sweep.count()
    assert kept_waiting().age < took + 5
