"""What a person does with schedules, in a real browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from playwright.sync_api import Page, expect

from tasks_app.models import Skip, Task, TaskExecution
from tasks_app.models.timer import STALE
from tasks_app.scheduling.definition import Definition, definition_of
from tasks_app.tests.browser.conftest import Visit
from tasks_app.tests.browser.person import Person
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import a_crontab, a_scheduled_task, look, timer_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/admin/tasks_app/task/add/"
IN_TOKYO = {"timezone_id": "Asia/Tokyo"}
OF_CRONTAB = ["timezone", "crontab_minute", "cron_semantics"]
# Of each field: whether its label is cut or above it, and where it begins.
LAYOUT = """inputs => inputs.map(input => {
  const [label] = input.labels, box = input.getBoundingClientRect();
  return {
    is_cut: label.scrollWidth > label.clientWidth,
    is_above: label.getBoundingClientRect().bottom <= box.top,
    left: Math.round(box.left),
  };
})"""


def shown(person: Person, *names: str) -> list[str]:
    """Those of the fields of these names that are shown."""

    def ask(page: Page) -> list[str]:
        return [name for name in names if page.locator(f'[name="{name}"]').is_visible()]

    return person.does(ask)


def value(person: Person, selector: str) -> str:
    return str(person.does(lambda page: page.input_value(selector)))


def layout(person: Person, prefix: str) -> list[dict[str, Any]]:
    """Of each field whose name begins so: what `LAYOUT` tells."""
    fields = f'.when input[name^="{prefix}"]'
    return person.does(lambda page: page.locator(fields).evaluate_all(LAYOUT))


def previews(person: Person, text: str) -> None:
    """The preview says so, soon after the last key."""

    def wait(page: Page) -> None:
        expect(page.locator(".b-preview")).to_contain_text(text, timeout=5000)

    person.does(wait)


def types(person: Person, selector: str, text: str) -> None:
    person.does(lambda page: page.fill(selector, text))


def test_a_crontab_is_built_previewed_and_saved(visit: Visit, root: User) -> None:
    person = visit(root, **IN_TOKYO)
    person.opens(NEW)
    person.fills(name="Morning", args="[1]")
    person.chooses("celery_task_name", JOB)
    person.chooses("when", "crontab")

    types(person, "#when-line", "30 7 * * mon-fri")
    assert value(person, '[name="crontab_hour"]') == "7"
    person.fills(timezone="Europe/London", crontab_minute="45")
    assert value(person, "#when-line") == "45 7 * * mon-fri"
    previews(person, "07:45")
    previews(person, "Schedule: Europe/London")
    previews(person, "You: Asia/Tokyo")
    rows = person.does(lambda page: page.locator(".b-preview tbody tr").all_inner_texts())
    assert len(rows) == 10
    assert all("07:45:00" in row for row in rows)
    assert {"16:45:00" in row or "15:45:00" in row for row in rows} == {True}

    person.clicks("Save and continue editing")
    person.sees("45 7 * * mon-fri Europe/London")
    row = PeriodicTask.objects.get(managed_task=Task.objects.get())
    assert definition_of(row) == Definition(crontab="45 7 * * mon-fri", timezone="Europe/London")
    assert not TaskExecution.objects.exists()
    assert not person.errors
    assert person.hosts == {"localhost"}


def test_only_the_fields_of_the_chosen_kind_are_shown(visit: Visit, root: User) -> None:
    person = visit(root)
    person.opens(NEW)
    fields = ["scheduled_time", *OF_CRONTAB, "interval_days", "solar_event", "end_time", "overlap"]
    common = ["end_time", "overlap"]

    for kind, own in (
        ("never", []),
        ("once", ["scheduled_time", *common]),
        ("crontab", [*OF_CRONTAB, *common]),
        ("interval", ["interval_days", *common]),
        ("solar", ["solar_event", *common]),
    ):
        person.chooses("when", kind)
        assert shown(person, *fields) == own, kind


def test_what_is_refused_is_never_hidden(visit: Visit, root: User) -> None:
    person = visit(root)
    person.opens(NEW)
    person.fills(name="Wait", args="[1]")
    person.chooses("celery_task_name", JOB)
    person.chooses("when", "once")
    person.fills(catch_up_window="1", scheduled_time="2035-01-01T09:00")
    person.chooses("when", "never")

    person.clicks("Save and continue editing")

    person.sees("greater than or equal to 10")
    assert shown(person, "catch_up_window", "scheduled_time") == ["catch_up_window"]


def test_without_its_script_every_field_is_there_and_works(visit: Visit, root: User) -> None:
    person = visit(root)
    person.does(lambda page: page.route("**/when.js", lambda route: route.abort()))
    person.opens(NEW)
    assert shown(person, "scheduled_time", *OF_CRONTAB, "interval_days") == [
        "scheduled_time", *OF_CRONTAB, "interval_days",
    ]  # fmt: skip
    person.fills(name="Plain", args="[1]", interval_hours="2")
    person.chooses("celery_task_name", JOB)
    person.chooses("when", "interval")

    person.clicks("Save and continue editing")
    person.sees("Every 2 hours")

    row = PeriodicTask.objects.get(managed_task=Task.objects.get())
    assert definition_of(row) == Definition(interval=7200)


@pytest.mark.parametrize("width, columns", [(1280, 5), (640, 5), (390, 2)])
def test_the_fields_of_a_crontab_fit_the_window(
    visit: Visit, root: User, width: int, columns: int
) -> None:
    task = a_scheduled_task(root, crontab="0 9 * * mon-fri", timezone="UTC")
    person = visit(root, width=width)
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")
    previews(person, "09:00:00")

    assert not person.scrolls_sideways()
    fields = layout(person, "crontab_")
    assert len(fields) == 5
    assert [field for field in fields if field["is_cut"] or not field["is_above"]] == []
    assert len({field["left"] for field in fields}) == columns


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", ["interval", "solar", "once"])
def test_the_fields_of_every_other_kind_fit_too(
    visit: Visit, root: User, kind: str, width: int
) -> None:
    person = visit(root, width=width)
    person.opens(NEW)

    person.chooses("when", kind)

    assert not person.scrolls_sideways()
    assert not any(field["is_cut"] for field in layout(person, f"{kind}_"))


@pytest.mark.parametrize(
    "kind, fields, words",
    [
        ("interval", {"interval_minutes": "90"}, "Every 1 hour"),
        ("once", {"scheduled_time": "2035-01-01T09:00"}, "Once, on 1 January 2035"),
        ("solar", {"solar_latitude": "51.5", "solar_longitude": "0"}, "At sunrise"),
    ],
)
def test_every_kind_is_previewed(
    visit: Visit, root: User, kind: str, fields: dict[str, Any], words: str
) -> None:
    person = visit(root)
    person.opens(NEW)
    person.chooses("when", kind)

    person.fills(**fields)

    previews(person, words)


def test_the_preview_counts_no_neighbour_that_is_the_tasks_own(visit: Visit, root: User) -> None:
    task = a_scheduled_task(root, crontab="0 9 * * *", timezone="UTC")
    person = visit(root)
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")
    previews(person, "09:00:00")
    assert "together" not in person.does(lambda page: page.locator(".b-preview").inner_text())

    a_scheduled_task(root, crontab="0 9 * * *", timezone="UTC")
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")
    previews(person, "together with 1 other schedule.")


def test_presets_fill_the_fields_and_a_refusal_stands_beside_them(visit: Visit, root: User) -> None:
    person = visit(root)
    person.opens(NEW)
    person.chooses("when", "crontab")

    person.clicks("Every 5 minutes")
    assert value(person, '[name="crontab_minute"]') == "*/5"
    previews(person, "Every 5 minutes")
    person.clicks("Weekdays")
    previews(person, "Weekdays at 09:00")
    person.fills(crontab_hour="25")
    previews(person, 'hour "25" is not understood')
    assert person.does(lambda page: page.locator(".b-preview tbody tr").count()) == 0
    # The browser itself tells of every answer that is no 200.
    assert [error for error in person.errors if "400" not in error] == []


def test_a_tick_is_skipped_and_the_skip_undone(visit: Visit, root: User) -> None:
    task = a_scheduled_task(root, name="Hourly", crontab="0 * * * *", timezone="UTC")
    first = timer_of(task).planned_for
    assert first
    second = first + timedelta(hours=1)
    person = visit(root)
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")

    person.clicks(f"Skip {second:%Y-%m-%d %H:%M:%S} UTC", role="link")
    person.fills(reason="holiday")
    person.clicks("Skip it")
    person.sees("will be skipped holiday")
    assert Skip.objects.get().scheduled_for == second

    person.does(lambda page: page.locator('[name="name"]').focus())
    person.presses("Enter")
    person.sees("was changed successfully")
    assert Skip.objects.exists()
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")
    person.clicks(f"Undo the skip of {second:%Y-%m-%d %H:%M:%S} UTC")
    person.sees("It will run.")
    assert not Skip.objects.exists()
    assert not person.errors


def test_a_past_range_is_counted_and_then_run(visit: Visit, root: User) -> None:
    task = a_scheduled_task(root, name="Hourly", crontab="0 * * * *", timezone="UTC")
    person = visit(root)
    person.opens(f"/admin/tasks_app/task/{task.pk}/change/")

    person.clicks("Backfill…", role="link")
    person.sees("Run the ticks of a past range?")
    dialog = "#dialog "
    types(person, dialog + '[name="start"]', "2026-01-01T00:00")
    types(person, dialog + '[name="end"]', "2026-01-01T03:00")
    person.clicks("Go on")
    person.sees("Start 3 run(s)")
    assert not person.barriers()
    assert not TaskExecution.objects.exists()
    person.does(lambda page: page.locator('[name="confirm"]').check())
    person.clicks("Go on")

    person.sees("3 run(s) submitted.")
    assert TaskExecution.objects.count() == 3


def test_a_crontab_is_changed_on_the_page_of_the_schedules_own_row(
    visit: Visit, root: User
) -> None:
    row = a_crontab("0 9 * * *", name="nightly")
    other = CrontabSchedule.objects.create(minute="30", hour="7")
    look()
    person = visit(root)
    person.opens("/admin/")
    person.clicks("Schedules", role="link")
    person.clicks("nightly", role="link")

    person.chooses("crontab", str(other.pk))
    person.clicks("Save and continue editing")

    person.sees("Every day at 07:30")
    person.sees("just edited")
    assert timer_of(row).next_fire_at == STALE
    look()
    person.opens(f"/admin/django_celery_beat/periodictask/{row.pk}/change/")
    person.sees("07:30:00")
    assert not person.errors
