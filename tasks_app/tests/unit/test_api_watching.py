"""`/api/v1/alarms/` and `/api/v1/counters/`."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models.functions import Now

from tasks_app.models import Alarm, Counter
from tasks_app.tests.unit.api import Program, assert_refused

pytestmark = pytest.mark.django_db
NOBODYS: dict[str, Any] = {"results": [], "next": None}


@pytest.fixture
def alarms():
    """One that ended and two that are open."""
    common = {"advice": "Start it.", "raised_by": "beat@here"}
    Alarm.objects.create(kind="no_beat", sentence="No beat.", ended_at=Now(), **common)
    for name in ("one@here", "two@here"):
        Alarm.objects.create(
            kind="worker_silent", subject=name, sentence=f"{name} fell silent.", **common
        )
    Counter.objects.add("rescued", 2)
    Counter.objects.add("fenced")


def test_a_superuser_sees_what_is_open_the_newest_first(alarms, root):
    results = Program(root).get("alarms").json()["results"]

    assert [alarm["subject"] for alarm in results] == ["two@here", "one@here"]
    assert results[0].keys() == {
        "id", "kind", "subject", "sentence", "advice", "raised_by", "raised_at", "seen_at",
        "ended_at",
    }  # fmt: skip
    assert (results[0]["kind"], results[0]["ended_at"]) == ("worker_silent", None)


def test_those_that_ended_are_asked_for(alarms, root):
    [alarm] = Program(root).get("alarms", ended="true").json()["results"]

    assert alarm["kind"] == "no_beat"
    assert alarm["ended_at"].endswith("Z")


def test_counters_are_told_by_name_with_what_they_count(alarms, root):
    first, second = Program(root).get("counters").json()["results"]

    assert (first["name"], first["value"], second["name"], second["value"]) == (
        "fenced", 1, "rescued", 2
    )  # fmt: skip
    assert first["meaning"].startswith("Late words")


@pytest.mark.parametrize("path", ["alarms", "counters"])
def test_pages_go_on(alarms, root, path):
    page = Program(root).get(path, limit=1).json()

    assert len(page["results"]) == 1
    assert "skip=1" in page["next"]


@pytest.mark.parametrize("path", ["alarms", "counters"])
def test_whoever_may_not_see_them_gets_none(alarms, ada, path):
    assert Program(ada).get(path).json() == NOBODYS


@pytest.mark.parametrize("path, code", [("alarms", "view_alarm"), ("counters", "view_counter")])
def test_who_was_given_the_right_sees_them(alarms, ada, path, code):
    ada.user_permissions.add(Permission.objects.get(codename=code))

    assert len(Program(ada).get(path).json()["results"]) == 2


def test_an_unknown_parameter_is_refused(root):
    assert_refused(Program(root).get("alarms", kind="no_beat"), 400, "invalid", "kind")
