"""Alarms and counters at the admin, and the banner above the lists of work."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now

from tasks_app.models import Alarm, Counter
from tasks_app.tests.ageing import age
from tasks_app.tests.unit.admin import Staff, an_operator
from tasks_app.tests.unit.machinery import a_beat, a_worker

pytestmark = pytest.mark.django_db
SILENT = "Worker &lt;w@here&gt; fell silent."
WITH_BANNER = ["/admin/", "/admin/tasks_app/task/", "/admin/tasks_app/taskexecution/"]


@pytest.fixture
def silent(db: None) -> Alarm:
    return an_alarm()


def an_alarm(**fields: Any) -> Alarm:
    told = {"kind": "worker_silent", "sentence": "Worker <w@here> fell silent.", "advice": "Start."}
    return Alarm.objects.create(**(told | fields))


def test_open_alarms_stand_first_and_say_since_when(root: User, silent: Alarm) -> None:
    an_alarm(kind="no_beat", sentence="No beat lives.", ended_at=Now())

    page = Staff(root).reads("/alarm/")

    assert page.index(SILENT) < page.index("No beat lives.")
    assert "silent worker" in page
    assert "open</span>" in page
    assert "over</span>" in page


@pytest.mark.parametrize("state, told", [("open", True), ("ended", False)])
def test_the_list_can_be_narrowed(root: User, silent: Alarm, state: str, told: bool) -> None:
    assert (SILENT in Staff(root).reads(f"/alarm/?state={state}")) is told


def test_one_alarm_has_its_page(root: User, silent: Alarm) -> None:
    page = Staff(root).reads(f"/alarm/{silent.pk}/change/")

    assert SILENT in page


@pytest.mark.parametrize("path", WITH_BANNER)
def test_an_open_alarm_is_told_above_the_work(root: User, silent: Alarm, path: str) -> None:
    page = Staff(root).client.get(path).content.decode()

    assert SILENT in page
    assert "1 open alarm<" in page
    assert "/admin/tasks_app/alarm/" in page


@pytest.mark.parametrize("path", WITH_BANNER)
def test_without_an_open_alarm_there_is_no_banner(root: User, silent: Alarm, path: str) -> None:
    Alarm.objects.update(ended_at=Now())

    assert "b-alarms" not in Staff(root).client.get(path).content.decode()


@pytest.mark.parametrize("path", WITH_BANNER)
def test_who_may_not_see_alarms_is_told_of_none(silent: Alarm, path: str) -> None:
    page = Staff(an_operator("olga")).client.get(path)

    assert page.status_code == 200
    assert "b-alarms" not in page.content.decode()


def test_staff_with_the_right_see_the_banner(silent: Alarm) -> None:
    olga = an_operator("olga", "view_task", "view_alarm")

    assert SILENT in Staff(olga).client.get("/admin/").content.decode()


def test_many_alarms_do_not_hide_the_work(root: User) -> None:
    for number in range(7):
        an_alarm(subject=f"w{number}")

    page = Staff(root).client.get("/admin/").content.decode()

    assert page.count(SILENT) == 5
    assert "5 and more open alarms" in page


def test_counters_say_what_they_count(root: User) -> None:
    Counter.objects.add("rescued", 42)
    Counter.objects.add("of a newer release")

    page = Staff(root).reads("/counter/")

    assert "42" in page
    assert "Runs whose worker died or fell silent: decided." in page


def test_processes_say_whether_they_live(root: User) -> None:
    a_worker("silent@here")
    a_beat("silent")
    age(60)
    a_worker("alive@here")
    a_worker("stopped@here", stopped_at=Now())

    workers, beats = Staff(root).reads("/worker/"), Staff(root).reads("/beat/")

    for word in ("alive", "silent", "stopped"):
        assert f"{word}</span>" in workers
    assert "silent</span>" in beats
