"""The doctor at the API and in the admin."""

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.exceptions import SuperusersOnly
from tasks_app.reporting.diagnosing.finding import Finding, error, note
from tasks_app.services import Actor
from tasks_app.tests.unit.admin import ROOT, Staff
from tasks_app.tests.unit.api import Program

pytestmark = pytest.mark.django_db
PAGE = f"{ROOT}/alarm/doctor/"
DEAF = error("Queue <a> is served by nobody.", "Start a worker.")
FINE = note("Everything is paused.")


def finds(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    """Let the examination bring this to light."""
    monkeypatch.setattr("tasks_app.services.diagnosing.diagnose", lambda: [*findings])


def test_the_api_tells_the_findings(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, DEAF, FINE)

    answer = Program(root).get("diagnosis/")

    assert answer.json() == {
        "well": False,
        "findings": [
            {
                "severity": "error",
                "part": "",
                "sentence": "Queue <a> is served by nobody.",
                "advice": "Start a worker.",
            },
            {"severity": "note", "part": "", "sentence": "Everything is paused.", "advice": ""},
        ],
    }


def test_notes_alone_are_well(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, FINE)

    assert Program(root).get("diagnosis/").json()["well"]
    assert "Doctor: all is well." in Staff(root).client.get(PAGE).content.decode()


def test_every_part_is_examined_at_once(root: User) -> None:
    findings = Program(root).get("diagnosis/").json()["findings"]

    # The tests' broker is none, and no beat runs.
    assert {"broker", "processes"} <= {finding["part"] for finding in findings}


def test_the_service_asks_who_acts_whatever_the_door(ada: User) -> None:
    with pytest.raises(SuperusersOnly, match="only a superuser asks the doctor"):
        services.get_diagnosis(Actor(ada))


def test_the_page_tells_them_as_text(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, DEAF, FINE)

    page = Staff(root).client.get(PAGE).content.decode()

    assert "Doctor: something is wrong." in page
    assert "Queue &lt;a&gt; is served by nobody." in page
    assert "Start a worker." in page
    assert 'b-failure">error' in page


def test_the_menu_leads_superusers_there(root: User) -> None:
    assert PAGE in Staff(root).client.get("/admin/").content.decode()


@pytest.mark.parametrize("path, title", [(PAGE, "Doctor"), (f"{ROOT}/alarm/", "Alarms")])
def test_the_menu_shows_where_one_is(root: User, path: str, title: str) -> None:
    menu = Staff(root).client.get(path).context["sidebar_navigation"]

    assert [item["title"] for group in menu for item in group["items"] if item["active"]] == [title]
