"""Many beats, editors and people at one time: each tick once, and nobody waits for anybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config import celery_app
from tasks_app import runtime, services
from tasks_app.models import Task, TaskExecution, Timer
from tasks_app.runtime import ringer
from tasks_app.runtime.beat import DueScheduler
from tasks_app.runtime.ringer import Ringer
from tasks_app.scheduling.edits import take_edits
from tasks_app.scheduling.tick import Fired, fire_due
from tasks_app.scheduling.write_back import write_back
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import (
    a_clocked,
    a_schedule,
    a_scheduled_task,
    ago,
    look,
    now,
    pass_time,
    ticks,
    timer_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(5)
HERD, BATCH = 2000, 100


def a_herd():
    """Timers of one interval, all due at this moment."""
    every = IntervalSchedule.objects.create(every=60, period="seconds")
    row = {"task": JOB, "args": "[1]", "interval": every, "start_time": ago(days=1)}
    PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"number {number}", **row) for number in range(HERD)
    )
    look()
    minute = timedelta(minutes=1)
    Timer.objects.update(
        next_fire_at=F("next_fire_at") - minute, planned_for=F("planned_for") - minute
    )


def beat(_=None, most=BATCH):
    """Fire until nothing is left, as one beat does; whoever makes it wait is found out."""
    be_impatient()
    rung = []
    for _turn in range(HERD // 10):
        fired = fire_due(most)
        rung += [bell.id for bell in fired.bells]
        if not fired.served:
            return rung
    raise AssertionError("There is always something left.")


def be_impatient():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")


@pytest.mark.parametrize("beats", [4, 8])
def test_of_a_herd_each_tick_is_fired_by_one_of_many_beats(beats):
    a_herd()
    due = set(Timer.objects.values_list("schedule_id", "planned_for"))

    rung: Any = at_once(beat, range(beats))

    rows = list(TaskExecution.objects.values_list("schedule_id", "scheduled_for"))
    assert len(rows) == HERD
    assert set(rows) == due
    assert sorted(pk for each in rung for pk in each) == sorted(
        TaskExecution.objects.values_list("pk", flat=True)
    )
    assert not Timer.objects.exclude(run_count=1, watermark__lt=F("next_fire_at")).exists()


def test_a_tick_moves_its_timer_on():
    schedule = a_schedule(every=60)
    look()
    age(60)
    moment = timer_of(schedule).planned_for

    fire_due()

    timer = timer_of(schedule)
    assert (timer.watermark, timer.next_fire_at) == (moment, moment + timedelta(minutes=1))
    assert fire_due() == Fired()


@pytest.mark.parametrize("_", ROUNDS)
def test_beats_that_take_the_same_edit_settle_what_was_owed_once(_):
    schedule = a_schedule(every=60)
    look()
    age(60)
    IntervalSchedule.objects.update(every=30)

    taken: Any = at_once(lambda _: take_edits(), range(4))

    assert sorted(len(each.bells) for each in taken) == [0, 0, 0, 1]
    assert len(ticks()) == 1
    assert timer_of(schedule).next_fire_at > now()


@pytest.mark.parametrize("_", ROUNDS)
def test_an_edit_at_the_moment_of_the_tick_neither_loses_nor_doubles_it(_):
    schedule = a_schedule(every=60)
    look()
    age(60)
    moment = timer_of(schedule).planned_for

    fired, *_rest = at_once(
        lambda act: act(),
        [
            fire_due,
            lambda: IntervalSchedule.objects.update(every=30),
            lambda: PeriodicTask.objects.update(args="[2]"),
            take_edits,
        ],
    )
    look()

    assert isinstance(fired, Fired)
    assert [tick.scheduled_for for tick in ticks()] == [moment]


CHANGES: Any = {
    "deleting": services.delete_task,
    "renaming": lambda actor, task: services.update_task(actor, task, key="renamed", interval=30),
    "unscheduling": lambda actor, task: services.update_task(actor, task, interval=None),
    "disabling": services.disable_task,
}


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.parametrize("verb", CHANGES.values(), ids=CHANGES)
def test_who_changes_a_task_and_a_beat_do_not_wait_for_each_other(ada, verb, _):
    tasks = [a_scheduled_task(ada, name=f"number {number}") for number in range(3)]
    age(60)

    acts: Any = [beat, beat, take_edits, lambda: verb(Actor(ada), tasks[1])]
    outcomes = at_once(lambda act: act(), acts)

    assert not [outcome for outcome in outcomes if isinstance(outcome, type)]
    counts = TaskExecution.objects.values("schedule_id", "scheduled_for")
    assert not counts.annotate(count=Count("pk")).filter(count__gt=1).exists()


@pytest.mark.postgresql
def test_a_beat_does_not_wait_for_another_that_is_in_the_middle_of_a_tick():
    first, second = a_schedule("first", every=60), a_schedule("second", every=60)
    look()
    age(60)

    with transaction.atomic():
        assert fire_due(1).served == 1
        [rung] = at_once(beat, [None])

    assert isinstance(rung, list)
    assert len(rung) == 1
    assert {tick.schedule_id for tick in ticks()} == {first.pk, second.pk}


@pytest.mark.postgresql
def test_a_beat_does_not_wait_for_another_that_is_taking_edits():
    schedules = [a_schedule("first"), a_schedule("second")]

    def take(_):
        be_impatient()
        return take_edits()

    with transaction.atomic():
        assert take_edits(1).served == 1
        [taken] = at_once(take, [None])

    assert isinstance(taken, Fired)
    assert taken.served == 1
    assert all(timer_of(schedule).next_fire_at > now() for schedule in schedules)


def save_row(_, task):
    task.schedule.args = "[2]"
    task.schedule.save()


OPEN: Any = {
    "the schedule's row": save_row,
    "the schedule's arguments": lambda actor, task: PeriodicTask.objects.filter(
        pk=task.schedule_id
    ).update(args="[2]"),
    "the task": lambda actor, task: services.update_task(actor, task, args=[2]),
    "the task's key": lambda actor, task: services.update_task(actor, task, key="renamed"),
    "the task's schedule": lambda actor, task: services.update_task(actor, task, interval=None),
    "the whole task": services.delete_task,
    "the definition": lambda actor, task: IntervalSchedule.objects.filter(
        periodictask=task.schedule_id
    ).update(every=5),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("save", OPEN.values(), ids=OPEN)
@pytest.mark.parametrize("is_stale", [False, True], ids=["due", "edited before"])
def test_an_open_transaction_delays_only_the_schedule_that_it_saved(ada, save, is_stale):
    held, *others = [
        a_scheduled_task(ada, name=f"every {every}", interval=every) for every in (30, 60, 60)
    ]
    age(60)
    if is_stale:
        PeriodicTask.objects.update(args="[3]")

    def turn(_):
        be_impatient()
        edited, fired = take_edits(), fire_due()
        write_back([held.schedule_id, *edited.schedules, *fired.schedules])
        return len(edited.bells) + len(fired.bells)

    with transaction.atomic():
        save(Actor(ada), Task.objects.select_related("schedule").get(pk=held.pk))
        assert at_once(turn, [None]) == [2]
        fired = set(TaskExecution.objects.not_skipped().values_list("schedule_id", flat=True))
        assert fired == {task.schedule_id for task in others}


def follow(fired):
    """What beat does after a tick, to its end."""
    ringer = Ringer()
    ringer.start()
    ringer.follow(fired)
    ringer.finish(within=5)


def test_a_write_back_that_fails_sends_nothing_twice(monkeypatch):
    def fail(_):
        raise RuntimeError("the database is full")

    once, often = a_clocked(ago(seconds=1)), a_schedule("often", every=60)
    look_without_writing = [take_edits(), fire_due()]
    age(60)
    look_without_writing.append(fire_due())
    monkeypatch.setattr(ringer, "write_back", fail)
    for fired in look_without_writing:
        follow(fired)

    once.refresh_from_db()
    assert (once.enabled, once.last_run_at) == (True, None)
    PeriodicTask.objects.filter(pk=once.pk).update(description="edited", queue="other")
    look()
    assert sorted(tick.schedule_id for tick in ticks()) == [once.pk, often.pk]

    monkeypatch.undo()
    pass_time(60)
    often.refresh_from_db()
    assert (often.total_run_count, len(ticks())) == (2, 3)


def test_what_was_fired_is_rung_for_although_no_edit_can_be_taken(monkeypatch):
    def fail():
        raise RuntimeError("the database is full")

    rung: list[Fired] = []
    monkeypatch.setattr(runtime.beat, "take_edits", fail)
    monkeypatch.setattr(Ringer, "follow", lambda _, fired: rung.append(fired))
    schedule = a_schedule(every=60)
    look()
    age(60)

    keeper = DueScheduler(celery_app)
    try:
        keeper.tick()
    finally:
        keeper.close()

    assert [fired.schedules for fired in rung] == [[schedule.pk]]


@pytest.mark.postgresql
def test_a_row_that_somebody_holds_is_not_written_back_and_fires_once():
    once = a_clocked(ago(seconds=1))
    take_edits()

    def serve(_):
        be_impatient()
        write_back(fire_due().schedules)

    with transaction.atomic():
        PeriodicTask.objects.filter(pk=once.pk).update(description="held")
        assert at_once(serve, [None]) == [None]

    look()
    assert PeriodicTask.objects.get(pk=once.pk).enabled
    assert len(ticks()) == 1


@pytest.mark.postgresql
def test_one_schedule_that_the_database_refuses_does_not_hold_up_the_edits_of_others():
    refused = a_schedule("refused", every=60, args='["\\u0000"]')
    look()
    pass_time(60)
    IntervalSchedule.objects.update(every=30)
    other = a_schedule("other", every=60)

    look()

    assert timer_of(refused).error
    assert timer_of(other).next_fire_at > now()
