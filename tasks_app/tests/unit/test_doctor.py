"""The doctor as a whole: what it says, how, and that nothing stops it."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from tasks_app import broker
from tasks_app.models import Alarm, Beat, Control, Worker
from tasks_app.reporting.diagnosing import diagnosis, space
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.examined import make_well, only, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def well(monkeypatch):
    return make_well(monkeypatch)


def asked(*words):
    out = StringIO()
    code: Any = 0
    try:
        call_command("doctor", *words, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def test_all_is_well_in_a_sentence():
    code, told = asked()

    assert (code, told.splitlines()[0]) == (0, "All is well.")
    assert wrong() == []


def test_it_speaks_json():
    Beat.objects.all().delete()

    code, told = asked("--json")

    answer = json.loads(told)
    assert (code, answer["well"]) == (1, False)
    first = answer["findings"][0]
    assert (first["severity"], first["part"]) == ("error", "processes")
    assert first["sentence"].startswith("No beat lives")
    assert "celery -A config beat" in first["advice"]


def test_nothing_is_changed_by_asking():
    before = [list(model.objects.values()) for model in (Worker, Beat, Control)]

    asked()

    assert [list(model.objects.values()) for model in (Worker, Beat, Control)] == before


def test_a_database_that_is_away_is_said_once_and_the_rest_is_examined(monkeypatch):
    def refuse():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    monkeypatch.setattr(space, "_size", lambda: None)

    found = diagnosis.diagnose()

    assert [each.sentence for each in found if each.is_wrong] == [
        "The database does not answer: connection refused"
    ]
    assert {finding.part for finding in found} == {"database", "broker", "space"}


def test_what_the_doctor_finds_itself_is_told_once():
    a_run(queue="nobodys")
    age(31)
    Worker.objects.update(seen_at=timezone.now())
    Beat.objects.update(seen_at=timezone.now(), swept_at=timezone.now())
    said = "Runs wait on queue nobodys, and no living worker serves it."
    Alarm.objects.create(kind="queue_unserved", subject="nobodys", sentence=said, raised_by="b")

    only("error", "queues", "nobodys")


def test_passwords_in_what_a_driver_says_are_hidden(monkeypatch):
    def fail():
        raise OSError("cannot reach redis://belfry:s3cret-word@broker:6379/0")

    monkeypatch.setattr(broker, "check", fail)

    only("error", "broker", "redis://belfry:***@broker:6379/0")


def test_a_part_that_cannot_be_examined_stops_no_other(monkeypatch):
    def fail():
        raise ValueError("odd")

    parts = [part._replace(look=fail) if part.name == "runs" else part for part in diagnosis._PARTS]
    monkeypatch.setattr(diagnosis, "_PARTS", tuple(parts))
    Beat.objects.update(lag=25)

    told = wrong()

    assert "warning runs: The runs cannot be examined: ValueError: odd" in told
    assert any("25 s late" in each for each in told)
