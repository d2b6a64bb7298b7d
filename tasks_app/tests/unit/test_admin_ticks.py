"""The schedule on a task's page: in words, its next ticks to skip, past ones to run."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks_app import services
from tasks_app.models import Event, Skip, Task, TaskExecution, Timer
from tasks_app.services import Actor
from tasks_app.states import Status, Trigger
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.schedules import a_scheduled_task, timer_of
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


@pytest.fixture
def hourly(root: User) -> Task:
    return a_scheduled_task(root, name="Hourly", crontab="0 * * * *", timezone="Asia/Kolkata")


def page_of(staff: Staff, task: Task) -> str:
    return unescape(staff.reads(f"/task/{task.pk}/change/"))


def link_to(verb: str, task: Task, at: datetime) -> str:
    return f"{ROOT}/task/{task.pk}/{verb}/?at={at:%Y-%m-%dT%H:%M:%S}Z"


def skip(staff: Staff, task: Task, at: datetime, reason: str = "") -> list[str]:
    form = {"_form_submitted": "on", "reason": reason}
    return staff.told(staff.client.post(link_to("skip", task, at), form))


def backfill(staff: Staff, task: Task, **fields: str) -> str:
    """Submit the dialog, and read what it answers; empty when it leads away."""
    given = {"_form_submitted": "on", "order": "in_order", "pace": "0", "reason": ""}
    answer = staff.client.post(f"{ROOT}/task/{task.pk}/backfill/", given | fields)
    return "" if "HX-Redirect" in answer.headers else unescape(answer.content.decode())


def test_a_task_tells_its_schedule_in_words_why_it_waits_and_its_next_ticks(
    staff: Staff, hourly: Task
) -> None:
    first = timer_of(hourly).planned_for
    assert first

    page = page_of(staff, hourly)

    assert "0 * * * * Asia/Kolkata" in page
    assert "(Asia/Kolkata)" in page
    assert "no beat lives" in page
    for number in range(5):
        assert link_to("skip", hourly, first + number * HOUR) in page
    assert link_to("skip", hourly, first + 5 * HOUR) not in page


def test_a_task_without_a_schedule_offers_nothing_of_it(staff: Staff, root: User) -> None:
    page = page_of(staff, a_task(root))

    assert "No tick is coming." in page
    assert "/backfill/" not in page
    assert "/cancel_backfill/" not in page


def test_the_head_of_the_page_offers_no_skip_without_a_tick(staff: Staff, hourly: Task) -> None:
    page = page_of(staff, hourly)

    assert f"/task/{hourly.pk}/backfill/" in page
    assert f'href="{ROOT}/task/{hourly.pk}/skip/"' not in page


def test_the_page_of_a_paused_task_does_not_say_that_its_ticks_run(
    staff: Staff, root: User, hourly: Task
) -> None:
    services.pause_task(Actor(root), hourly, expires_in=2 * 3600)

    page = page_of(staff, hourly)

    assert page.count("is held by a pause") == 2
    assert page.count("will run") == 3


def test_a_tick_is_skipped_with_a_reason_and_taken_back(staff: Staff, hourly: Task) -> None:
    at = timer_of(hourly).planned_for
    assert at

    assert "will be skipped" in skip(staff, hourly, at, "holiday")[0]
    page = page_of(staff, hourly)
    assert "will be skipped <bdi>holiday</bdi>" in page
    assert link_to("undo_skip", hourly, at) in page
    assert Skip.objects.get().scheduled_for == at

    answer = staff.client.post(link_to("undo_skip", hourly, at))
    assert answer.headers["Location"] == f"{ROOT}/task/{hourly.pk}/change/"
    assert staff.told(answer)[-1] == "It will run."
    assert not Skip.objects.exists()
    verbs = Event.objects.filter(subject_id=hourly.pk, door="admin").values_list("verb", flat=True)
    assert set(verbs) == {"skip_tick", "unskip_tick"}


def test_a_moment_without_a_tick_is_refused(staff: Staff, hourly: Task) -> None:
    at = datetime(2030, 1, 1, 0, 7, tzinfo=UTC)

    assert "has no coming tick" in skip(staff, hourly, at)[0]
    assert "not a moment" in staff.told(staff.does("skip", hourly))[-1]
    assert not Skip.objects.exists()


def test_taking_back_asks_for_the_form_and_its_token(root: User, hourly: Task) -> None:
    at = timer_of(hourly).planned_for
    assert at
    skip(Staff(root), hourly, at)
    address = link_to("undo_skip", hourly, at)

    assert Staff(root).client.get(address).status_code == 405
    assert Staff(root, enforce_csrf_checks=True).client.post(address).status_code == 403
    assert Skip.objects.exists()


def test_who_may_only_look_is_offered_nothing_and_refused(root: User) -> None:
    viewer = an_operator("vera", "view_task")
    task = a_scheduled_task(viewer, crontab="0 * * * *", timezone="UTC")
    at = timer_of(task).planned_for
    assert at
    skip(Staff(root), task, at)
    staff = Staff(viewer)

    page = page_of(staff, task)

    assert "0 * * * * UTC" in page
    assert "Skip…" not in page
    assert "undo_skip" not in page
    assert staff.client.post(link_to("undo_skip", task, at)).status_code == 403
    assert staff.client.post(link_to("skip", task, at + HOUR)).status_code == 403
    assert Skip.objects.count() == 1


def test_a_strangers_tick_does_not_exist(hourly: Task) -> None:
    staff, at = Staff(an_operator("olga")), timer_of(hourly).planned_for
    assert at

    skip(staff, hourly, at)
    staff.client.post(link_to("undo_skip", hourly, at))
    backfill(staff, hourly, start="2026-01-01T00:00", end="2026-01-01T03:00", confirm="3")

    assert not Skip.objects.exists()
    assert not TaskExecution.objects.exists()


def test_a_backfill_tells_its_count_before_it_starts(staff: Staff, hourly: Task) -> None:
    range_ = {"start": "2026-01-01T00:00", "end": "2026-01-01T03:00"}

    asked = backfill(staff, hourly, **range_)
    assert "Start 3 run(s): the first for 2026-01-01 00:30:00 UTC" in asked
    assert "the last for 2026-01-01 02:30:00 UTC" in asked
    assert not TaskExecution.objects.exists()

    assert not backfill(staff, hourly, **range_, reason="lost disk", confirm="3")
    runs = TaskExecution.objects.order_by("scheduled_for")
    assert [run.trigger for run in runs] == [Trigger.BACKFILL] * 3
    assert Event.objects.get(verb="backfill").reason == "lost disk"


def test_a_confirmation_is_of_the_range_that_was_counted(staff: Staff, hourly: Task) -> None:
    asked = backfill(staff, hourly, start="2026-01-01T00:00", end="2026-01-02T00:00", confirm="3")

    assert "Start 24 run(s)" in asked
    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"start": "", "end": "2026-01-01T00:00"}, "start is not a moment"),
        ({"start": "2026-01-02T00:00", "end": "2026-01-01T00:00"}, "end must be later"),
        ({"start": "2026-01-01T00:00", "end": "2099-01-01T00:00"}, "Only what has passed"),
        ({"start": "2026-01-01T00:31", "end": "2026-01-01T00:35"}, "The range holds 0 ticks"),
        ({"start": "2020-01-01T00:00", "end": "2026-01-01T00:00"}, "choose one of 1 to 1000"),
        (
            {"start": "2026-01-01T00:00", "end": "2026-01-01T03:00", "pace": "5"},
            "a pace is for at once",
        ),
    ],
)
def test_a_backfill_that_cannot_be_is_told_in_its_dialog(
    staff: Staff, hourly: Task, fields: dict[str, str], words: str
) -> None:
    assert words in backfill(staff, hourly, **fields, confirm="3")
    assert not TaskExecution.objects.exists()


def test_a_backfill_is_cancelled(staff: Staff, hourly: Task) -> None:
    a_run(task=hourly, trigger=Trigger.BACKFILL)
    other = a_run(task=hourly)

    told = staff.told(staff.does("cancel_backfill", hourly, reason="enough"))

    assert told == ["1 run(s) cancelled or asked to stop."]
    statuses = dict(TaskExecution.objects.values_list("trigger", "status"))
    assert statuses == {Trigger.BACKFILL: Status.REVOKED, other.trigger: Status.PENDING}


def test_a_run_by_hand_may_stand_for_another_moment(staff: Staff, root: User) -> None:
    task = a_task(root)
    form = {"args": "[5]", "kwargs": "{}", "countdown": "0"}

    staff.does("execute", task, **form, scheduled_for="2026-01-01T09:00")
    staff.does("execute", task, **form, scheduled_for="")
    assert "not a moment" in staff.told(staff.does("execute", task, **form, scheduled_for="x"))[-1]

    moments = set(TaskExecution.objects.values_list("scheduled_for", flat=True))
    assert moments == {datetime(2026, 1, 1, 9, tzinfo=UTC), None}


def test_the_list_tells_schedules_and_next_fires(staff: Staff, root: User) -> None:
    a_scheduled_task(root, interval=3600)
    a_scheduled_task(root, crontab="0 9 * * *", timezone="UTC", enabled=False)
    broken = a_scheduled_task(root, interval=61)
    Timer.objects.filter(pk=broken.schedule_id).update(error="No such zone.", next_fire_at=None)

    page = unescape(staff.reads("/task/"))

    for words in ("Every hour", "3600 s", "in 59 min", "disabled", "0 9 * * * UTC"):
        assert words in page
    assert "set aside" in page
    assert "No such zone." in page


def test_the_list_asks_as_often_for_many_schedules(staff: Staff, root: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.reads("/task/")
        return len(queries)

    a_scheduled_task(root, crontab="0 9 * * *", timezone="UTC")
    statements()
    few = statements()
    for minute in range(10):
        a_scheduled_task(root, crontab=f"{minute} 8 * * *", timezone="Asia/Tokyo")
        a_scheduled_task(root, interval=minute + 1)

    assert statements() == few


def test_a_tick_that_is_over_says_what_it_stood_for(staff: Staff, hourly: Task) -> None:
    at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    run = a_run(
        Status.SKIPPED, task=hourly, reason="missed", scheduled_for=at, missed_from=at - 5 * HOUR,
        missed_count=6, schedule_id=hourly.schedule_id, schedule_name="Hourly · x",
    )  # fmt: skip

    page = unescape(staff.reads(f"/taskexecution/{run.pk}/change/"))

    assert "Hourly · x" in page
    assert "6 missed tick(s) from" in page
    assert "2026-01-01 04:00:00 UTC" in page
    assert "2026-01-01 09:00:00 UTC" in page
