"""The pages of schedules' own rows: whose they are, when they fire, and what may be edited."""

import json
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from tasks_app.models import Event, Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.scheduling.agreement import agree
from tasks_app.scheduling.code_entries import import_entries
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import (
    a_clocked,
    a_crontab,
    a_schedule,
    a_scheduled_task,
    look,
    now,
    timer_of,
)
from tasks_app.tests.unit.admin import Staff, an_operator

pytestmark = pytest.mark.django_db
PAGES = "/admin/django_celery_beat"
ENTRY = {"task": JOB, "schedule": 60.0, "args": [1]}


@pytest.fixture
def staff(root: User) -> Staff:
    return Staff(root)


@pytest.fixture
def of_code() -> PeriodicTask:
    import_entries({"from-code": ENTRY})
    look()
    return PeriodicTask.objects.get(name="from-code")


def reads(staff: Staff, path: str = "") -> str:
    answer = staff.client.get(f"{PAGES}/periodictask/{path}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def sent_back(staff: Staff, row: PeriodicTask, **changes: Any) -> Any:
    """Send the form of a row as it was read, but for these fields."""
    page = f"{PAGES}/periodictask/{row.pk}/change/"
    form = staff.client.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in values.items() if value not in (None, False)}
    return staff.client.post(page, {**given, **changes})


def chosen(staff: Staff, verb: str, rows: list[PeriodicTask]) -> Any:
    form = {"action": verb, "_selected_action": [row.pk for row in rows], "post": "yes"}
    return staff.client.post(f"{PAGES}/periodictask/", form)


def test_the_list_tells_what_fires_when_and_whose_it_is(
    staff: Staff, root: User, of_code: PeriodicTask
) -> None:
    a_crontab("30 7 * * *", "Asia/Tokyo", name="stranger", last_run_at=now())
    a_schedule("off", enabled=False)
    a_schedule("lost", task="gone.job")
    task = a_scheduled_task(root, name="Mine", interval=3600)
    look()

    page = reads(staff)

    for words in (
        "stranger", "30 7 * * * Asia/Tokyo", "Every day at 07:30", "0.0 s ago", "disabled",
        "set aside", "No job is called gone.job.", "in 59 min", ">code<",
        f'href="/admin/tasks_app/task/{task.pk}/change/"',
    ):  # fmt: skip
        assert words in page.replace("now<", "0.0 s ago<"), words


def test_the_list_asks_as_often_for_many_rows(staff: Staff, root: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            reads(staff)
        return len(queries)

    a_crontab("0 9 * * *", name="first")
    statements()
    few = statements()
    for number in range(5):
        a_crontab("1 9 * * *", "Asia/Tokyo", name=f"crontab {number}")
        a_schedule(f"interval {number}", every=number + 1)
        a_clocked(now(), name=f"once {number}")
        a_scheduled_task(root)

    assert statements() == few


def test_a_zone_that_is_not_known_hides_no_other_row(staff: Staff) -> None:
    bad = a_crontab("0 9 * * *", name="bad")
    a_schedule("good")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_celery_beat_crontabschedule SET timezone = 'Mars/Base'")

    page = reads(staff)
    assert "good" in page
    assert "There is no time zone" in page
    assert "There is no time zone" in reads(staff, f"{bad.pk}/change/")
    assert staff.client.get(f"{PAGES}/crontabschedule/").status_code == 200


def test_what_others_write_is_text(staff: Staff, root: User) -> None:
    row = a_schedule("<script>alert(1)</script>{{7*7}}", task="<b>job</b>")
    look()

    for path in ("", f"{row.pk}/change/"):
        page = staff.client.get(f"{PAGES}/periodictask/{path}").content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
        assert "<b>job</b>" not in page


def test_an_edited_crontab_fires_at_its_new_time(staff: Staff) -> None:
    row = a_crontab("0 9 * * *")
    other = CrontabSchedule.objects.create(minute="30", hour="7")
    look()

    assert sent_back(staff, row, crontab=other.pk).status_code == 302

    row.refresh_from_db()
    assert row.crontab == other
    assert timer_of(row).next_fire_at == STALE


def test_an_edit_here_is_seen_by_the_task(staff: Staff, root: User) -> None:
    task = a_scheduled_task(root, name="Mine", interval=3600)
    row = PeriodicTask.objects.get()

    page = reads(staff, f"{row.pk}/change/")
    assert "edits there and here both work" in page
    assert f'href="/admin/tasks_app/task/{task.pk}/change/"' in page
    sent_back(staff, row, args="[7]")
    agree(task.pk)

    task.refresh_from_db()
    assert task.args == [7]
    assert Event.objects.get(verb="update").after == {"args": [7]}


def test_of_an_entry_of_code_only_enabled_can_be_changed(
    staff: Staff, of_code: PeriodicTask
) -> None:
    assert "An entry of beat_schedule in the code: edit it there." in reads(
        staff, f"{of_code.pk}/change/"
    )

    # Without its box an "enabled" is off.
    answer = sent_back(staff, of_code, name="mine", args="[9]", enabled="")

    of_code.refresh_from_db()
    assert answer.status_code == 302
    assert (of_code.name, json.loads(of_code.args), of_code.enabled) == ("from-code", [1], False)


def test_an_entry_of_code_is_not_deleted(staff: Staff, of_code: PeriodicTask) -> None:
    other = a_schedule("other")

    alone = staff.client.post(f"{PAGES}/periodictask/{of_code.pk}/delete/", {"post": "yes"})
    answer = chosen(staff, "delete_selected", [of_code, other])

    assert (alone.status_code, answer.status_code) == (403, 403)
    assert PeriodicTask.objects.count() == 2

    chosen(staff, "delete_selected", [other])
    assert PeriodicTask.objects.get() == of_code


def test_a_deleted_row_leaves_its_task_without_a_schedule(staff: Staff, root: User) -> None:
    a_scheduled_task(root)
    row = PeriodicTask.objects.get()

    answer = staff.client.post(f"{PAGES}/periodictask/{row.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert Task.objects.get().schedule_id is None
    assert not Timer.objects.exists()


@pytest.mark.parametrize(
    "verb, enabled",
    [
        ("enable_tasks", {"on": True, "off": True}),
        ("disable_tasks", {"on": False, "off": False}),
        ("toggle_tasks", {"on": False, "off": True}),
    ],
)
def test_many_are_switched_at_once(staff: Staff, verb: str, enabled: dict[str, bool]) -> None:
    rows = [a_schedule("on"), a_schedule("off", enabled=False)]
    look()

    chosen(staff, verb, rows)

    assert dict(PeriodicTask.objects.values_list("name", "enabled")) == enabled


def test_nothing_is_run_past_the_ledger(staff: Staff) -> None:
    a_schedule()

    assert "run_tasks" not in reads(staff)


def test_a_row_is_made_with_a_job_that_can_run(staff: Staff) -> None:
    every = a_schedule().interval_id
    assert f'<option value="{JOB}">' in reads(staff, "add/")
    form = {"name": "new", "enabled": "on", "interval": every, "args": "[1]", "kwargs": "{}"}

    refused = staff.client.post(f"{PAGES}/periodictask/add/", form)
    assert "Need name of task" in str(refused.context["adminform"].form.errors)
    staff.client.post(f"{PAGES}/periodictask/add/", {**form, "regtask": JOB, "headers": "{}"})

    row = PeriodicTask.objects.get(name="new")
    assert (row.task, timer_of(row).next_fire_at) == (JOB, STALE)


def test_who_may_only_look_reads_a_row(of_code: PeriodicTask) -> None:
    staff = Staff(an_operator("vera", "view_periodictask"))
    row = a_schedule()

    for each in (of_code, row):
        assert each.name in reads(staff, f"{each.pk}/change/")
    assert sent_back_status(staff, row) == 403


def sent_back_status(staff: Staff, row: PeriodicTask) -> int:
    answer = staff.client.post(f"{PAGES}/periodictask/{row.pk}/change/", {"name": "x"})
    return int(answer.status_code)


def test_operators_see_no_schedules_of_others(of_code: PeriodicTask) -> None:
    staff = Staff(an_operator("olga"))

    assert staff.client.get(f"{PAGES}/periodictask/").status_code == 403
    assert f'"{PAGES}/periodictask/"' not in staff.reads("/task/")


def test_the_menu_leads_to_the_schedules(staff: Staff) -> None:
    assert f'"{PAGES}/periodictask/"' in staff.reads("/task/")


@pytest.mark.parametrize(
    "kind", ["crontabschedule", "intervalschedule", "clockedschedule", "solarschedule"]
)
def test_each_kind_has_its_pages(staff: Staff, kind: str) -> None:
    for path in ("", "add/"):
        assert staff.client.get(f"{PAGES}/{kind}/{path}").status_code == 200


def test_a_crontab_says_what_it_means_and_who_uses_it(staff: Staff) -> None:
    row = a_crontab("30 7 * * *", "Asia/Tokyo", name="nightly")
    impossible = CrontabSchedule.objects.create(minute="0", day_of_month="30", month_of_year="2")

    page = staff.client.get(f"{PAGES}/crontabschedule/").content.decode()
    assert "Every day at 07:30" in page
    assert "never comes" in page
    page = staff.client.get(f"{PAGES}/crontabschedule/{row.crontab_id}/change/").content.decode()
    assert "nightly" in page
    answer = staff.client.get(f"{PAGES}/crontabschedule/{impossible.pk}/change/")
    assert answer.status_code == 200


def test_an_edit_of_a_shared_row_changes_every_schedule_that_uses_it(staff: Staff) -> None:
    row = a_crontab("30 7 * * *", name="first").crontab
    for number in range(25):
        PeriodicTask.objects.create(name=f"more {number}", task=JOB, crontab=row, args="[1]")
    look()
    path = f"{PAGES}/crontabschedule/{row.pk}/change/"
    page = staff.client.get(path)
    formset = page.context["inline_admin_formsets"][0].formset
    assert len(formset.initial_forms) == 20
    used = {f"{form.prefix}-id": form.instance.pk for form in formset.initial_forms}
    kept = {f"{formset.prefix}-{name}": len(used) for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"minute": "45", "hour": "7", "timezone": "UTC"}
    days = dict.fromkeys(("day_of_month", "month_of_year", "day_of_week"), "*")

    answer = staff.client.post(path, {**used, **kept, **fields, **days})

    assert answer.status_code == 302
    assert set(Timer.objects.values_list("next_fire_at", flat=True)) == {STALE}
    look()
    assert {timer.next_fire_at.minute for timer in Timer.objects.all() if timer.next_fire_at} == {
        45
    }


def test_a_row_that_somebody_elses_task_uses_is_only_read() -> None:
    kinds = [f"{verb}_crontabschedule" for verb in ("view", "change", "delete")]
    codes = [*kinds, "view_periodictask", "delete_periodictask"]
    olga, otto = an_operator("olga", *codes), an_operator("otto", *codes)
    for owner in (olga, otto):
        a_scheduled_task(owner, name=f"task of {owner}", crontab="0 9 * * *", timezone="UTC")
    [shared] = CrontabSchedule.objects.all()
    client, rows = Staff(otto).client, f"{PAGES}/crontabschedule/"
    many = {"action": "delete_selected", "_selected_action": [shared.pk]}

    read = client.get(f"{rows}{shared.pk}/change/").content.decode()
    asked = client.post(rows, many).content.decode()
    refused = [
        client.post(f"{rows}{shared.pk}/change/", {"minute": "1"}),
        client.post(f"{rows}{shared.pk}/delete/", {"post": "yes"}),
        client.post(rows, {**many, "post": "yes"}),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert "task of olga" not in read + asked
    assert "task of otto" in read
    PeriodicTask.objects.filter(managed_task__owner=olga).delete()
    client.post(f"{rows}{shared.pk}/delete/", {"post": "yes"})
    assert not CrontabSchedule.objects.exists()


def test_a_row_whose_entry_left_the_code_can_be_edited_again(
    staff: Staff, of_code: PeriodicTask
) -> None:
    import_entries({})

    sent_back(staff, of_code, args="[7]")

    of_code.refresh_from_db()
    assert of_code.args == "[7]"
