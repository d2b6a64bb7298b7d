"""Previews: the next fires in two zones, with what clock changes and neighbours do to them."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app.exceptions import Invalid, NotFound
from tasks_app.models import Skip, Timer
from tasks_app.services import Actor, create_task, preview_schedule, upcoming_ticks
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_schedule, a_scheduled_task, look, now, timer_of

pytestmark = pytest.mark.django_db
NEW_YORK = {"timezone": "America/New_York"}
# Clocks in New York: 02:00 becomes 03:00 on 14 March 2027, 02:00 becomes 01:00 on 7 November.
SPRING = datetime(2027, 3, 13, 18, tzinfo=UTC)
AUTUMN = datetime(2027, 11, 6, 18, tzinfo=UTC)


@pytest.fixture
def actor(ada):
    return Actor(ada)


def preview(actor, **fields):
    return preview_schedule(actor, **({"after": SPRING} | fields))


def test_the_next_fires_are_told_in_three_clocks(actor):
    asked = {"crontab": "30 9 * * *", "timezone": "Asia/Kolkata", "zone": "Asia/Shanghai"}
    fires = preview(actor, count=2, **asked).fires

    assert [fire.at for fire in fires] == [
        datetime(2027, 3, 14, 4, tzinfo=UTC),
        datetime(2027, 3, 15, 4, tzinfo=UTC),
    ]
    assert f"{fires[0].local:%H:%M}" == "09:30"
    assert f"{fires[0].shown:%H:%M}" == "12:00"
    assert fires[0].notes == []


def test_it_is_described_in_english_and_chinese(actor):
    description = preview(actor, crontab="30 9 * * *", timezone="UTC").description

    assert "09:30" in description["en"]
    assert "每天" in description["zh"]


def notes_of(actor, crontab, after):
    [fire] = preview(actor, crontab=crontab, after=after, count=1, **NEW_YORK).fires
    return fire.notes


@pytest.mark.parametrize("crontab", ["30 2 * * *", "15,30 2 * * *", "45 2,3 * * *"])
def test_a_time_that_does_not_exist_is_told(actor, crontab):
    [note] = notes_of(actor, crontab, SPRING)

    assert "does not exist on that day; it runs at 03:00 instead" in note


@pytest.mark.parametrize("crontab", ["0 3 * * *", "*/5 2,3 * * *"])
def test_a_time_that_exists_needs_no_note(actor, crontab):
    assert notes_of(actor, crontab, SPRING) == []


@pytest.mark.parametrize(
    "crontab, runs", [("30 1 * * *", "the first time only"), ("*/30 1 * * *", "each time")]
)
def test_a_time_that_comes_twice_is_told(actor, crontab, runs):
    [note] = notes_of(actor, crontab, AUTUMN)

    assert f"comes twice on that day; it runs {runs}" in note


@pytest.mark.parametrize(
    "semantics, words", [("celery", "fit both"), ("cron", "fit day of month or day of week")]
)
def test_the_rule_of_the_day_fields_is_told_where_it_matters(actor, semantics, words):
    said = preview(actor, crontab="0 0 13 * 5", cron_semantics=semantics)

    assert words in said.notes[0]
    assert preview(actor, crontab="0 0 13 * *").notes == []


def test_schedules_that_fire_at_the_same_moment_are_counted(actor, bob):
    timer = timer_of(a_scheduled_task(bob, crontab="0 0 1 1 *", timezone="UTC"))

    said = preview(
        actor, crontab="0 0 * * *", timezone="UTC", after=timer.planned_for - timedelta(hours=1)
    )

    assert said.notes == [
        f"At {timer.planned_for:%Y-%m-%d %H:%M:%S} it fires together with 1 other schedule."
    ]


def test_the_schedule_that_would_be_replaced_is_no_neighbour(actor, bob):
    own = a_scheduled_task(actor.user, key="own", crontab="0 0 1 1 *", timezone="UTC")
    asked = {"crontab": "0 0 1 1 *", "timezone": "UTC", "after": now()}

    for task in (own.pk, str(own.pk), "own"):
        assert preview(actor, task=task, **asked).notes == []
    a_scheduled_task(bob, crontab="0 0 1 1 *", timezone="UTC")
    [note] = preview(actor, task=own.pk, **asked).notes
    assert "together with 1 other schedule." in note


def test_a_strangers_task_cannot_be_named(actor, bob):
    with pytest.raises(NotFound):
        preview(actor, interval=60, task=a_task(bob).pk)


def test_a_schedule_that_is_over_is_told(actor):
    said = preview(actor, scheduled_time=SPRING)

    assert (said.fires, said.notes) == ([], ["It never fires again."])


@pytest.mark.parametrize(
    "fields, named",
    [
        ({}, "crontab"),
        ({"crontab": "nonsense"}, "crontab"),
        ({"interval": 60, "zone": "Mars"}, "zone"),
        ({"interval": 60, "count": 0}, "count"),
        ({"interval": 60, "count": 101}, "count"),
        ({"interval": 60, "cron_semantics": "vixie"}, "cron_semantics"),
        ({"interval": 60, "colour": "red"}, "colour"),
        ({"interval": 60, "after": "soon"}, "after"),
    ],
    ids=str,
)
def test_a_bad_value_is_told_by_its_field(actor, fields, named):
    with pytest.raises(Invalid) as refusal:
        preview(actor, **fields)

    assert list(refusal.value.errors) == [named]


def test_the_ticks_of_all_own_tasks_are_merged_in_order(actor, bob):
    often, seldom = (a_scheduled_task(actor.user, interval=seconds) for seconds in (60, 90))
    a_scheduled_task(bob)
    begin = timer_of(often).anchor

    ticks = upcoming_ticks(actor, limit=4)

    assert [(tick.task, round((tick.at - begin).total_seconds())) for tick in ticks] == [
        (often, 60),
        (seldom, 90),
        (often, 120),
        (often, 180),
    ]


def test_a_superuser_sees_other_codes_schedules_too(root, ada):
    row = a_schedule("of nobody", every=5)
    a_scheduled_task(ada, name="hers")

    ticks = upcoming_ticks(Actor(root))

    first, last = ticks[0], next(tick for tick in ticks if tick.task)
    assert (first.task, first.schedule_name, first.schedule_id) == (None, "of nobody", row.pk)
    assert last.task.name == "hers"


def test_only_the_coming_hours_are_told(actor):
    a_scheduled_task(actor.user, interval=3600)

    assert len(upcoming_ticks(actor, hours=3)) == 3
    assert len(upcoming_ticks(actor, hours=3, limit=2)) == 2


def test_no_tick_is_told_after_the_last_run(actor):
    task = a_scheduled_task(actor.user, interval=60, max_runs=3)
    Timer.objects.filter(pk=task.schedule_id).update(run_count=1)

    assert len(upcoming_ticks(actor)) == 2
    assert len(upcoming_ticks(actor, task=task)) == 2


def test_a_tick_that_was_put_aside_does_not_use_up_a_run(actor):
    timer = timer_of(a_scheduled_task(actor.user, interval=60, max_runs=1))
    Skip.objects.create(schedule=timer.schedule, scheduled_for=timer.planned_for)

    assert [tick.skipped for tick in upcoming_ticks(actor)] == [True, False]


def test_a_schedule_that_runs_once_has_one_tick(root):
    a_schedule("of nobody", every=60, one_off=True)
    look()

    assert len(upcoming_ticks(Actor(root))) == 1


def test_what_was_put_aside_is_told_with_its_reason(actor):
    timer = timer_of(a_scheduled_task(actor.user, interval=3600))
    Skip.objects.create(schedule=timer.schedule, scheduled_for=timer.planned_for, reason="holiday")

    first, second = upcoming_ticks(actor, hours=2)

    assert (first.skipped, first.skip_reason) == (True, "holiday")
    assert (second.skipped, second.skip_reason) == (False, "")


def test_the_ticks_of_one_task_are_told_even_before_beat_has_seen_it(actor, bob):
    a_scheduled_task(actor.user)
    task, _ = create_task(
        actor, name="new", celery_task_name=JOB, args=[1], crontab="* * * * *", start="manual"
    )

    ticks = upcoming_ticks(actor, task=task, limit=2)

    assert [tick.task for tick in ticks] == [task, task]
    with pytest.raises(NotFound):
        upcoming_ticks(Actor(bob), task=task)


def test_a_task_without_a_schedule_has_none(actor):
    a_scheduled_task(actor.user)

    assert upcoming_ticks(actor, task=a_task(actor.user)) == []


def test_a_page_of_ticks_costs_two_questions(actor, django_assert_num_queries):
    for _ in range(3):
        a_scheduled_task(actor.user)

    with django_assert_num_queries(2):
        assert len(upcoming_ticks(actor, limit=30)) == 30


@pytest.mark.parametrize("values", [{"limit": 0}, {"limit": 1001}, {"hours": 0}], ids=str)
def test_a_bound_is_a_bound(actor, values):
    with pytest.raises(Invalid):
        upcoming_ticks(actor, **values)
