"""A tick comes while another run of its task is live."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app import lifecycle, services
from tasks_app.models import Event, TaskExecution
from tasks_app.scheduling.buffered import start_next_in_line
from tasks_app.scheduling.overlapping import MOST_BUFFERED
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_claim, now_of, the_claim_on
from tasks_app.tests.schedules import (
    a_scheduled_task,
    look,
    now,
    outcomes,
    pass_time,
    ticks,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(ada):
    """A task whose first tick runs."""

    def made(overlap, **fields):
        task = a_scheduled_task(ada, overlap=overlap, **fields)
        pass_time(60)
        a_claim(ticks()[0])
        return task

    return made


def end_the_first():
    lifecycle.succeed([(the_claim_on(ticks()[0]), None)])


def test_by_default_it_runs_beside_it(busy):
    busy("allow")

    pass_time(60)

    assert outcomes() == ["started", "pending"]


def test_skip_leaves_it_out_and_says_so(busy):
    busy("skip")

    pass_time(60)

    assert outcomes() == ["started", "overlap"]
    assert ticks()[1].status == "skipped"


def test_after_the_run_has_ended_the_next_tick_runs(busy):
    busy("skip")
    end_the_first()

    pass_time(60)

    assert outcomes() == ["success", "pending"]


def test_a_run_started_by_hand_is_in_the_way_too(ada):
    task = a_scheduled_task(ada, overlap="skip")
    services.execute_task(Actor(ada), task)

    pass_time(60)

    assert outcomes() == ["overlap"]


def test_a_run_put_off_to_tomorrow_is_not_in_the_way(ada):
    task = a_scheduled_task(ada, overlap="skip")
    services.execute_task(Actor(ada), task, countdown=24 * 3600)

    pass_time(60)

    assert outcomes() == ["pending"]


def test_a_crashed_run_blocks_only_until_its_lease_is_decided(busy):
    busy("skip", on_lost="fail")
    pass_time(60)

    lifecycle.reap(now())
    pass_time(60)

    assert outcomes() == ["lost", "overlap", "pending"]


def test_buffer_one_lets_one_wait_and_skips_what_comes_then(busy):
    busy("buffer_one")

    pass_time(60)
    pass_time(60)

    assert outcomes() == ["started", "buffered", "overlap"]
    assert ticks()[1].run_at is None


def test_what_waits_starts_when_the_run_before_it_has_ended(busy):
    busy("buffer_one")
    pass_time(60)

    assert start_next_in_line() == 0
    end_the_first()
    assert start_next_in_line() == 1

    assert outcomes() == ["success", "pending"]
    assert start_next_in_line() == 0


def test_where_no_run_waits_in_a_line_nobody_asks_which_is_next(busy):
    busy("buffer_one")

    with CaptureQueriesContext(connection) as queries:
        assert start_next_in_line() == 0

    [asked] = [query["sql"] for query in queries]
    # A look at the runs before it would be a question inside this one.
    assert asked.count("SELECT") == 1


def test_what_waits_is_not_claimed_before_its_turn(busy):
    busy("buffer_one")
    pass_time(60)
    waiting = ticks()[1]

    assert not lifecycle.claim(
        [lifecycle.Claim(waiting.pk, waiting.pk)], worker="w", pid=1, lease=15
    )


def test_buffer_all_lets_them_wait_and_start_in_their_order(busy):
    busy("buffer_all")
    pass_time(60)
    pass_time(60)
    assert outcomes() == ["started", "buffered", "buffered"]

    end_the_first()
    start_next_in_line()

    assert outcomes() == ["success", "pending", "buffered"]


def test_a_tick_queues_behind_what_waits_already(busy):
    busy("buffer_all")
    pass_time(60)
    end_the_first()

    pass_time(60)

    assert outcomes() == ["success", "buffered", "buffered"]


def test_a_line_has_an_end(busy):
    task = busy("buffer_all")
    waiting = [
        TaskExecution(task=task, celery_task_name=task.celery_task_name, trigger="backfill")
        for _ in range(MOST_BUFFERED)
    ]
    lifecycle.submit(waiting, buffered=True)

    pass_time(60)

    assert outcomes()[-1] == "over_limit"


def test_cancel_other_asks_the_run_to_stop_and_waits_for_its_end(busy):
    busy("cancel_other")

    pass_time(60)

    first, second = ticks()
    assert first.cancel_requested_at
    assert second.reason == "buffered"
    [event] = Event.objects.filter(subject_id=first.pk)
    assert (event.verb, event.door) == ("cancel", "schedule")


def test_cancel_other_revokes_what_only_waits(ada):
    a_scheduled_task(ada, overlap="cancel_other")
    pass_time(60)

    pass_time(60)
    start_next_in_line()

    assert outcomes() == ["cancelled", "pending"]


def test_of_several_that_come_at_once_cancel_other_runs_the_last(ada):
    a_scheduled_task(ada, overlap="cancel_other", catch_up="all")

    pass_time(180)

    assert outcomes() == ["overlap", "overlap", "pending"]


def test_ticks_that_are_caught_up_are_in_each_others_way(ada):
    a_scheduled_task(ada, overlap="skip", catch_up="all")

    pass_time(180)

    assert outcomes() == ["pending", "overlap", "overlap"]


def test_ticks_that_are_caught_up_wait_for_each_other(ada):
    a_scheduled_task(ada, overlap="buffer_all", catch_up="all")

    pass_time(180)

    assert outcomes() == ["pending", "buffered", "buffered"]


def test_deleting_the_task_revokes_what_waits(busy, ada):
    task = busy("buffer_one")
    pass_time(60)
    waiting = ticks()[1]

    services.delete_task(Actor(ada), task)
    look()

    assert now_of(waiting).status == "revoked"


def test_a_tick_that_waits_for_its_jitter_is_in_the_way_of_the_next(ada):
    a_scheduled_task(ada, overlap="skip", jitter=24 * 3600)

    pass_time(60)
    pass_time(60)

    assert outcomes() == ["delayed", "overlap"]


def test_cancel_other_cancels_also_for_a_tick_that_an_edit_settles(ada):
    task = a_scheduled_task(ada, overlap="cancel_other")
    pass_time(60)
    age(70)

    services.update_task(Actor(ada), task, interval=120)

    assert outcomes() == ["cancelled", "buffered"]
