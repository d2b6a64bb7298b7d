"""`manage.py executions prune`, and the job that does the same at night."""

import json
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from tasks_app import registry
from tasks_app.jobs import housekeeping
from tasks_app.maintenance import retention
from tasks_app.models import Event, TaskExecution, Worker
from tasks_app.services import pruning
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run, a_task
from tasks_app.tests.unit.recording_job import RecordingJob, Stopped

pytestmark = pytest.mark.django_db
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def settled(settings, monkeypatch):
    settings.RETENTION_DAYS = {"success": 30, "failure": 90}
    settings.KEEP_LAST_RUNS = 1
    monkeypatch.setattr("tasks_app.maintenance.retention.time.sleep", lambda seconds: None)


@pytest.fixture
def ledger(ada):
    """Three successes and a failure of code, and one success of a task; all 40 days old."""
    for _ in range(3):
        a_run(Status.SUCCESS)
    a_run(Status.FAILURE)
    a_run(Status.SUCCESS, task=a_task(ada))
    age(40 * DAY)


def prune(*words):
    out = StringIO()
    call_command("executions", "prune", *words, stdout=out)
    return out.getvalue().strip()


def answering(monkeypatch, word):
    """A person at a terminal."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []

    def said(question):
        asked.append(question)
        return word

    monkeypatch.setattr("builtins.input", said)
    return asked


def left():
    return TaskExecution.objects.count()


def test_an_age_in_parts_of_a_day_is_noted_as_it_was_given(ledger):
    prune("--yes", "--status", "success", "--older-than", "0.5")

    assert Event.objects.get(verb="prune").before == {"success": 0.5, "keep_last": 1}


def test_it_does_as_the_settings_say_and_notes_it(ledger):
    assert prune("--yes") == "3 executions deleted: 3 success."

    assert left() == 2
    [event] = Event.objects.filter(verb="prune")
    assert (event.door, event.after) == ("command", {"success": 3})
    assert event.before == {"success": 30, "failure": 90, "keep_last": 1}


@pytest.mark.parametrize(
    "words, count",
    [
        (["--older-than", "39"], 4),
        (["--older-than", "41"], 0),
        (["--keep-last", "0"], 4),
        (["--status", "failed", "--older-than", "1"], 1),
        (["--status", "failure"], 0),
        (["--status", "success", "--status", "failure", "--older-than", "0.5"], 4),
    ],
)
def test_options_say_otherwise(ledger, words, count):
    assert json.loads(prune("--yes", "--json", *words))["total"] == count
    assert left() == 5 - count


def test_a_dry_run_counts_and_changes_nothing(ledger):
    told = json.loads(prune("--dry-run", "--json"))

    assert told == {"dry_run": True, "total": 3, "by_status": {"success": 3}}
    assert (left(), Event.objects.count()) == (5, 0)
    assert prune("--dry-run") == "3 executions would be deleted: 3 success."


def test_a_person_is_asked_with_the_number(ledger, monkeypatch):
    asked = answering(monkeypatch, "yes")

    prune()

    assert asked == ["Delete 3 executions for good? Type yes: "]
    assert left() == 2


def test_anything_but_yes_deletes_nothing(ledger, monkeypatch):
    answering(monkeypatch, "y")

    with pytest.raises(CommandError, match="Nothing was deleted"):
        prune()
    assert left() == 5


def test_who_cannot_be_asked_must_say_yes(ledger, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    with pytest.raises(CommandError, match="--yes") as refusal:
        prune()
    assert (refusal.value.returncode, left()) == (2, 5)


@pytest.mark.parametrize(
    "words",
    [
        ["--older-than", "-1"],
        ["--older-than", "soon"],
        ["--older-than", "nan"],
        ["--keep-last", "-1"],
        ["--status", "started"],
        ["--status", "?"],
    ],
)
def test_nonsense_is_refused(words):
    with pytest.raises(CommandError):
        prune("--yes", *words)


def test_quiet_is_quiet(ledger):
    assert prune("--yes", "--quiet") == ""
    assert left() == 2


TWO = retention.Batch(Status.SUCCESS, 2)


def stopping(monkeypatch, error):
    """What ends the pruning after its first batch."""

    def stopped(_):
        yield TWO
        raise error

    monkeypatch.setattr(pruning, "prune", stopped)


@pytest.mark.parametrize(
    "error, told", [(KeyboardInterrupt(), "Stopped after"), (OperationalError("gone"), "(gone)")]
)
def test_who_stops_it_is_told_what_was_done(ledger, monkeypatch, error, told):
    stopping(monkeypatch, error)

    with pytest.raises(CommandError) as refusal:
        prune("--yes", "--older-than", "1")

    assert told in str(refusal.value)
    assert "2 of 4 executions" in str(refusal.value)
    assert Event.objects.get(verb="prune").after == {"success": 2}


def test_what_others_took_meanwhile_is_no_success(ledger, monkeypatch):
    monkeypatch.setattr(pruning, "prune", lambda _: iter([TWO]))

    with pytest.raises(CommandError, match="1 more were held"):
        prune("--yes")


def a_job(**options):
    job: Any = RecordingJob(**options)
    job.request = SimpleNamespace(id="run-17")
    return job


def test_the_job_prunes_with_progress_and_forgets_processes(ledger):
    Worker.objects.create(hostname="gone", pid=1)
    age(31 * DAY)
    job = a_job()

    result = job.run(housekeeping.prune_executions)

    assert result == {"executions": 3, "workers": 1, "beats": 0, "alarms": 0}
    assert job.percents == [99]
    event = Event.objects.get(verb="prune")
    assert (event.door, event.user_name, event.request_id) == ("system", "housekeeping", "run-17")


def test_the_job_can_be_cancelled_and_says_what_it_did(ledger):
    job = a_job(cancelled_at=50)

    with pytest.raises(Stopped):
        job.run(housekeeping.prune_executions)

    assert Event.objects.get(verb="prune").after == {"success": 3}


def test_nobody_tells_the_job_what_to_delete():
    """Whoever may make tasks may run it, and it works on everybody's runs."""
    job = registry.find("tasks_app.jobs.housekeeping.prune_executions")

    assert job.parameters == []
