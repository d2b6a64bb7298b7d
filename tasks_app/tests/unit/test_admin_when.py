"""The section "When" of a task's form: one kind, refused beside its field, only changes sent."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django_celery_beat.models import PeriodicTask

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.scheduling.definition import Definition, Solar, definition_of
from tasks_app.services import Actor, create_task, update_task
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import a_crontab, a_scheduled_task
from tasks_app.tests.unit.admin import Staff

pytestmark = pytest.mark.django_db
NINE = {
    "when": "crontab",
    "timezone": "Asia/Shanghai",
    "crontab_minute": "0",
    "crontab_hour": "9",
    "crontab_day_of_month": "*",
    "crontab_month_of_year": "*",
    "crontab_day_of_week": "mon-fri",
}
AT_SUNSET = {
    "when": "solar",
    "solar_event": "sunset",
    "solar_latitude": "51.5",
    "solar_longitude": "-0.1",
}


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


def errors_of(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def shown(staff: Staff, task: Task) -> dict[str, Any]:
    """What the fields of a task's page hold, as a browser sends them back."""
    answer = staff.client.get(f"/admin/tasks_app/task/{task.pk}/change/")
    form = answer.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def definition(task: Task) -> Definition | None:
    row = PeriodicTask.objects.filter(managed_task=task).first()
    return definition_of(row) if row else None


@pytest.mark.parametrize(
    "fields, wanted",
    [
        ({"when": "never", "crontab_minute": "0", "start_time": "2026-01-01T00:00"}, None),
        (NINE, Definition(crontab="0 9 * * mon-fri", timezone="Asia/Shanghai")),
        (
            {"when": "interval", "interval_days": "1", "interval_minutes": "30"}
            | AT_SUNSET
            | {"when": "interval"},
            Definition(interval=88_200),
        ),
        (AT_SUNSET, Definition(solar=Solar("sunset", 51.5, -0.1))),
    ],
    ids=["never", "crontab", "interval", "sun"],
)
def test_only_the_fields_of_the_chosen_kind_count(
    staff: Staff, fields: dict[str, str], wanted: Definition | None
) -> None:
    assert staff.adds(**fields).status_code == 302

    assert definition(Task.objects.get()) == wanted
    assert not TaskExecution.objects.exists()


def test_moments_are_utc(staff: Staff) -> None:
    staff.adds(when="once", scheduled_time="2030-01-01T09:00", end_time="2031-01-01T00:00:30")

    said = definition(Task.objects.get())
    assert said
    assert said.fields() | {"crontab": None} == {
        "crontab": None, "interval": None, "solar": None, "timezone": None, "start_time": None,
        "scheduled_time": "2030-01-01T09:00:00Z", "end_time": "2031-01-01T00:00:30Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields, field, words",
    [
        (NINE | {"crontab_hour": "25"}, "crontab_hour", 'hour "25" is not understood'),
        (NINE | {"crontab_day_of_week": "1 2"}, "crontab_day_of_week", "is not understood"),
        (
            NINE | {"crontab_day_of_month": "30", "crontab_month_of_year": "2"},
            "crontab_day_of_month",
            "never comes",
        ),
        (NINE | {"timezone": "Mars/Base"}, "timezone", "no time zone"),
        ({"when": "interval"}, "interval_days", "at least one"),
        ({"when": "interval", "interval_hours": "-1"}, "interval_hours", "greater than or equal"),
        ({"when": "once"}, "scheduled_time", "Say when it runs."),
        ({"when": "once", "scheduled_time": "soon"}, "scheduled_time", "not a moment"),
        (AT_SUNSET | {"solar_latitude": "99"}, "solar_latitude", "from -90 to 90"),
        (AT_SUNSET | {"solar_longitude": ""}, "solar_longitude", "number of degrees"),
        (
            NINE | {"start_time": "2030-01-02T00:00", "end_time": "2030-01-01T00:00"},
            "end_time",
            "later than",
        ),
        ({"when": "tomorrow"}, "when", "not one of the available"),
        ({"catch_up_window": "1"}, "catch_up_window", "greater than or equal"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_written(
    staff: Staff, fields: dict[str, str], field: str, words: str
) -> None:
    answer = staff.adds(**fields)

    assert list(errors_of(answer)) == [field]
    assert words in errors_of(answer)[field][0]
    assert not Task.objects.exists()


def test_the_policies_of_the_schedule_are_kept(staff: Staff) -> None:
    staff.adds(
        **NINE, overlap="skip", catch_up="all", catch_up_window="60", disable_after_failures="3",
        cron_semantics="cron", jitter="5", max_runs="10",
    )  # fmt: skip

    task = Task.objects.get()
    assert (task.overlap, task.catch_up, task.catch_up_window) == ("skip", "all", 60)
    assert (task.disable_after_failures, task.cron_semantics) == (3, "cron")
    assert (task.jitter, task.max_runs) == (5, 10)


@pytest.mark.parametrize(
    "fields",
    [
        {"crontab": "0 9 * * 1,2", "timezone": "Asia/Shanghai"},
        {"interval": 90_061},
        {"scheduled_time": "2030-01-01T09:00:30.123456Z"},
        {"solar": {"event": "sunset", "latitude": 51.5, "longitude": -0.123457}},
        {"interval": 60, "start_time": "2030-01-01T09:00:00.5Z", "end_time": "2031-01-01T00:00Z"},
    ],
    ids=str,
)
def test_a_form_that_is_sent_back_as_it_was_read_changes_nothing(
    staff: Staff, root: User, fields: dict[str, Any]
) -> None:
    task = a_scheduled_task(root, **fields)
    before = definition(task)

    answer = staff.changes(task, **shown(staff, task))

    assert answer.status_code == 302
    assert definition(task) == before
    assert not Event.objects.filter(verb="update").exists()


def test_what_a_person_did_not_touch_keeps_what_somebody_else_made_of_it(
    staff: Staff, root: User
) -> None:
    task = a_scheduled_task(root, crontab="0 9 * * *", timezone="Asia/Shanghai")
    read = shown(staff, task)
    row = PeriodicTask.objects.get(managed_task=task)
    row.crontab = a_crontab("30 7 * * *", "Asia/Shanghai").crontab
    row.save()

    staff.changes(task, **read | {"end_time": "2031-01-01T00:00"})

    said = definition(task)
    assert said
    assert said.crontab == "30 7 * * *"
    assert said.end_time
    event = Event.objects.get(verb="update")
    assert event.after == {"end_time": "2031-01-01T00:00:00Z"}


def test_another_kind_replaces_the_present_one_and_never_takes_it_away(
    staff: Staff, root: User
) -> None:
    task = a_scheduled_task(root, crontab="0 9 * * *", timezone="Asia/Shanghai")

    staff.changes(task, **shown(staff, task) | {"when": "interval", "interval_seconds": "30"})
    assert definition(task) == Definition(interval=30)

    task.refresh_from_db()
    staff.changes(task, **shown(staff, task) | {"when": "never"})
    assert definition(task) is None


def test_a_crontab_that_other_semantics_make_impossible_is_refused(
    staff: Staff, root: User
) -> None:
    task = a_scheduled_task(root, crontab="0 0 30 2 mon", timezone="UTC", cron_semantics="cron")

    answer = staff.changes(task, **shown(staff, task) | {"cron_semantics": "celery"})

    assert "never comes" in str(errors_of(answer)["crontab_day_of_month"])


def test_a_form_whose_memory_was_damaged_is_refused(staff: Staff, root: User) -> None:
    task = a_task(root)

    answer = staff.changes(task, read_when="damaged")

    assert "read it again" in str(errors_of(answer)["read_when"])


def test_the_form_says_what_both_day_fields_mean_and_where_previews_come_from(
    staff: Staff,
) -> None:
    page = staff.reads("/task/add/")

    assert "fit both (AND), while cron runs on days that fit either (OR)" in page
    assert 'data-preview="/api/v1/schedules/preview' in page
    assert "tasks_app/when.js" in page


def test_a_form_that_was_read_before_somebody_elses_change_leaves_the_schedule_alone(
    staff: Staff, root: User
) -> None:
    task, _ = create_task(Actor(root), name="a", celery_task_name=JOB, args=[1], interval=60)
    read = shown(staff, task)
    update_task(Actor(root), task, name="Theirs")

    answer = staff.changes(task, **read | {"interval_seconds": "30"})

    assert "at version 2 by now" in str(errors_of(answer))
    assert definition(task) == Definition(interval=60)
