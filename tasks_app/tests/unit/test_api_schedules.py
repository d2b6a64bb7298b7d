"""Schedules as they are answered, previewed and listed by what comes next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tasks_app import services
from tasks_app.services import Actor
from tasks_app.tests.runs import a_task
from tasks_app.tests.schedules import a_schedule, a_scheduled_task, look, now, timer_of
from tasks_app.tests.unit.api import Program, assert_refused

SUNDAY_OF_THE_CHANGE = "2027-03-14T00:00:00Z"


def shown(ada, task):
    answer = Program(ada).get(f"tasks/{task.pk}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def preview(ada, **body):
    answer = Program(ada).post("schedules/preview/", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def upcoming(ada, path: str = "schedules/upcoming/", **query):
    answer = Program(ada).get(path, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_task_tells_its_schedule_in_words_and_when_it_fires_next(ada):
    task = a_scheduled_task(ada, crontab="0 9 * * mon-fri", timezone="Europe/London")

    told = shown(ada, task)

    assert (told["crontab"], told["timezone"]) == ("0 9 * * mon-fri", "Europe/London")
    assert told["schedule_text"] == "Weekdays at 09:00 (Europe/London)"
    assert told["next_fire_at"] == text_of(timer_of(task).next_fire_at)
    assert told["schedule_error"] == ""


def test_a_task_without_a_schedule_tells_none(ada):
    told = shown(ada, a_task(ada))

    fields = ("crontab", "timezone", "interval", "solar", "scheduled_time", "next_fire_at")
    assert [told[name] for name in fields] == [None] * len(fields)
    assert (told["schedule_text"], told["schedule_error"]) == ("", "")


def test_the_next_fire_is_unknown_until_beat_has_seen_what_others_edited(ada):
    task = a_scheduled_task(ada, interval=60)
    PeriodicTask.objects.filter(pk=task.schedule_id).update(start_time=now() + timedelta(days=1))

    assert shown(ada, task)["next_fire_at"] is None
    look()
    assert shown(ada, task)["next_fire_at"] is not None


def test_a_disabled_task_fires_never_and_keeps_its_words(ada):
    task = a_scheduled_task(ada, interval=90)
    services.disable_task(Actor(ada), task)
    look()

    told = shown(ada, task)

    assert (told["next_fire_at"], told["schedule_text"]) == (None, "Every 1 minute 30 seconds")


def test_what_others_edited_in_the_schedules_own_row_is_answered(ada):
    task = a_scheduled_task(ada, interval=60)
    every = IntervalSchedule.objects.create(every=2, period=IntervalSchedule.DAYS)
    PeriodicTask.objects.filter(pk=task.schedule_id).update(interval=every)

    assert shown(ada, task)["interval"] == 172_800


def test_a_schedule_that_cannot_be_kept_says_so_and_hides_no_other_task(ada):
    a_scheduled_task(ada, interval=60)
    task = a_scheduled_task(ada, crontab="0 9 * * *")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_celery_beat_crontabschedule SET timezone = 'Mars/Base'")
    look()

    broken, sound = Program(ada).get("tasks/").json()["results"]

    assert broken["id"] == str(task.pk)
    assert (broken["crontab"], broken["timezone"]) == ("0 9 * * *", "Mars/Base")
    assert "Mars/Base" in broken["schedule_error"]
    assert (broken["schedule_text"], sound["schedule_text"]) == ("", "Every minute")


def test_a_list_of_scheduled_tasks_costs_one_query_more_whatever_its_length(
    ada, django_assert_num_queries
):
    place = {"event": "sunset", "latitude": 51.5, "longitude": 0.0}
    for fields in ({"crontab": "0 9 * * *"}, {"solar": place}, {"interval": 60}):
        a_scheduled_task(ada, **fields)
    a_scheduled_task(ada, scheduled_time="2100-01-01T00:00")
    program = Program(ada)

    with django_assert_num_queries(3):  # the token, the tasks, their schedules: nothing ran yet
        rows = program.get("tasks/").json()["results"]

    assert all(row["schedule_text"] and row["next_fire_at"] for row in rows)


def test_a_preview_shows_fires_in_both_zones_around_a_clock_change(ada):
    told = preview(
        ada,
        crontab={"minute": "30", "hour": "2", "timezone": "America/New_York"},
        after=SUNDAY_OF_THE_CHANGE,
        zone="Asia/Shanghai",
        count=2,
    )

    first, second = told["fires"]
    assert first["at"] == "2027-03-14T07:00:00Z"
    assert first["local"] == "2027-03-14T03:00:00-04:00"
    assert first["shown"] == "2027-03-14T15:00:00+08:00"
    assert "does not exist" in first["notes"][0]
    assert (second["local"], second["notes"]) == ("2027-03-15T02:30:00-04:00", [])


def test_a_preview_says_the_schedule_in_two_languages(ada):
    told = preview(ada, crontab="0 9 * * mon")

    assert told["description"]["en"] == "Every Monday at 09:00 (UTC)"
    assert "星期一" in told["description"]["zh"] or "周一" in told["description"]["zh"]
    assert len(told["fires"]) == 10


@pytest.mark.parametrize(
    "body",
    [
        {"interval": 300},
        {"interval_minutes": 5},
        {"crontab_minute": "*/5", "crontab_timezone": "Asia/Kolkata"},
        {"scheduled_time": "2100-01-01T00:00"},
        {"solar": {"event": "sunrise", "latitude": 10, "longitude": 10}},
    ],
)
def test_a_preview_takes_what_a_task_takes_and_writes_nothing(ada, body):
    assert preview(ada, **body, count=1)["fires"]
    assert not PeriodicTask.objects.exists()


def test_a_preview_for_a_task_leaves_its_own_schedule_out(ada, bob):
    a_scheduled_task(ada, key="own", crontab="0 0 1 1 *", timezone="UTC")

    assert preview(ada, crontab="0 0 1 1 *")["notes"]
    assert preview(ada, crontab="0 0 1 1 *", task="own")["notes"] == []
    answer = Program(bob).post("schedules/preview/", {"interval": 60, "task": "own"})
    assert_refused(answer, 404, "not_found")


@pytest.mark.parametrize("semantics, count", [("celery", 1), ("cron", 4)])
def test_a_preview_reads_both_day_fields_as_asked(ada, semantics, count):
    told = preview(
        ada,
        crontab="0 0 13 * 5",
        cron_semantics=semantics,
        after="2026-11-01T00:00:00Z",
        count=5,
    )

    november = [fire for fire in told["fires"] if fire["at"].startswith("2026-11")]
    assert len(november) == count
    assert told["notes"]


@pytest.mark.parametrize(
    "body, wrong",
    [
        ({}, "crontab"),
        ({"crontab": "61 * * * *"}, "crontab"),
        ({"crontab_hour": "25"}, "crontab_hour"),
        ({"interval": 60, "count": 0}, "count"),
        ({"interval": 60, "count": 101}, "count"),
        ({"interval": 60, "count": "5"}, "count"),
        ({"interval": 60, "zone": "Mars/Base"}, "zone"),
        ({"interval": 60, "after": "soon"}, "after"),
        ({"interval": 60, "cron_semantics": "quartz"}, "cron_semantics"),
        ({"interval": 60, "name": "x"}, "name"),
    ],
)
def test_a_bad_preview_is_refused_by_its_field(ada, body, wrong):
    assert_refused(Program(ada).post("schedules/preview/", body), 400, "invalid", wrong)


def test_upcoming_ticks_of_all_tasks_come_in_the_order_of_their_time(ada):
    often, rarely = a_scheduled_task(ada, interval=600), a_scheduled_task(ada, interval=900)

    ticks = upcoming(ada, limit=3)

    assert [tick["task"] for tick in ticks] == [str(often.pk), str(rarely.pk), str(often.pk)]
    moments = [tick["at"] for tick in ticks]
    assert moments == sorted(moments)
    assert moments[0] == text_of(timer_of(often).next_fire_at)
    assert ticks[0].keys() == {
        "at", "skipped", "skip_reason", "task", "task_name", "schedule_name"
    }  # fmt: skip


def test_upcoming_ticks_are_ones_own_and_a_superusers_are_all(ada, bob, root):
    a_scheduled_task(ada, interval=600, name="ada's")
    a_schedule("nobody's", every=900)
    look()

    assert upcoming(bob) == []
    assert {tick["task_name"] for tick in upcoming(ada)} == {"ada's"}
    told = {(tick["task"] is None, tick["task_name"]) for tick in upcoming(root)}
    assert told == {(False, "ada's"), (True, None)}


def test_upcoming_ticks_lie_within_the_hours_that_are_asked_for(ada):
    a_scheduled_task(ada, interval={"hours": 10})

    assert [len(upcoming(ada, hours=hours)) for hours in (1, 24, 168)] == [0, 2, 16]
    assert len(upcoming(ada)) == 2


def test_upcoming_ticks_go_on_at_the_address_of_the_next_page(ada):
    a_scheduled_task(ada, interval=3600)
    program = Program(ada)

    page = program.get("schedules/upcoming/", limit=10, hours=24).json()
    following = program.client.get(page["next"], headers=program.headers).json()

    assert len(page["results"]) == len(following["results"]) == 10
    assert page["results"][-1]["at"] < following["results"][0]["at"]


def test_the_last_page_of_upcoming_ticks_names_no_further_one(ada):
    a_scheduled_task(ada, interval=1)

    page = Program(ada).get("schedules/upcoming/", skip=799, limit=200).json()

    assert (len(page["results"]), page["next"]) == (200, None)


def test_upcoming_ticks_cost_three_queries_however_many_tasks_have_them(
    ada, django_assert_num_queries
):
    for seconds in (600, 700, 800):
        a_scheduled_task(ada, interval=seconds)
    program = Program(ada)

    with django_assert_num_queries(3):  # the token, the timers, the skips
        program.get("schedules/upcoming/")


def test_the_ticks_of_one_task_are_listed_for_a_year(ada):
    task = a_scheduled_task(ada, crontab="0 0 1 * *")
    a_scheduled_task(ada, interval=60)

    ticks = upcoming(ada, f"tasks/{task.pk}/upcoming/")

    assert len(ticks) == 12
    assert {tick["task"] for tick in ticks} == {str(task.pk)}


def test_a_task_without_a_schedule_has_no_ticks_before_it(ada):
    assert upcoming(ada, f"tasks/{a_task(ada).pk}/upcoming/") == []


@pytest.mark.parametrize(
    "query", ["hours=0", "hours=169", "hours=soon", "limit=0", "limit=201", "skip=800", "task=x"]
)
def test_a_bad_parameter_of_upcoming_ticks_is_refused_by_its_name(ada, query):
    wrong = query.partition("=")[0]

    assert_refused(Program(ada).get(f"schedules/upcoming/?{query}"), 400, "invalid", wrong)


def test_a_task_is_executed_for_a_moment_that_it_stands_for(ada):
    task = a_task(ada)

    run = Program(ada).post(f"tasks/{task.pk}/execute/", {"scheduled_for": "2026-01-01T09:00:00"})

    assert run.status_code == 202
    told = run.json()
    assert told["scheduled_for"] == "2026-01-01T09:00:00Z"
    assert (told["status"], told["trigger"], told["schedule_name"]) == ("pending", "api", "")
    assert datetime.fromisoformat(told["run_at"]) > now() - timedelta(minutes=1)


def test_a_run_of_a_tick_tells_its_schedule_and_its_moment(ada):
    task = a_scheduled_task(ada, name="nightly", scheduled_time=now() - timedelta(minutes=5))

    [run] = Program(ada).get(f"tasks/{task.pk}/executions/").json()["results"]

    assert run["trigger"] == "schedule"
    assert run["schedule_name"] == f"nightly · {task.pk}"
    assert run["scheduled_for"] == shown(ada, task)["scheduled_time"]
    assert (run["missed_from"], run["missed_count"]) == (None, 0)
