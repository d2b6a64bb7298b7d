"""The small jobs: what they answer, that progress moves, that a cancel ends them at once."""

import importlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User

from tasks_app.jobs import common_tasks, high_priority_tasks, model_tasks, pacing
from tasks_app.tests.unit.recording_job import RecordingJob, Stopped

SLEEPERS = [
    (common_tasks.long_running_task, (20,)),
    (common_tasks.demo_async_task, ("Hello", 20)),
    (common_tasks.demo_periodic_task, (20,)),
    (common_tasks.demo_scheduled_task, ("Now", 20)),
    (common_tasks.demo_dynamic_task, (1, 2, 3, 4)),
]


class Clock:
    """Stands in for `time`: a sleep takes no time and moves the clock."""

    def __init__(self):
        self.now = 1000.0
        self.naps = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


@pytest.fixture
def job(clock):
    return RecordingJob()


def name_of(value):
    return value.name.rpartition(".")[2] if hasattr(value, "name") else ""


@pytest.mark.parametrize("sleeper, args", SLEEPERS, ids=name_of)
def test_a_sleeper_looks_for_a_cancel_often_and_moves_to_100(job, clock, sleeper, args):
    job.run(sleeper, *args)

    assert max(clock.naps) <= 0.2
    assert job.looks >= len(clock.naps)
    assert job.percents == sorted(job.percents)
    assert (job.percents[0], job.percents[-1]) == (0, 100)


@pytest.mark.parametrize("sleeper, args", SLEEPERS, ids=name_of)
def test_a_cancelled_sleeper_stops(clock, sleeper, args):
    job = RecordingJob(cancelled_at=50)

    with pytest.raises(Stopped):
        job.run(sleeper, *args)

    assert 50 <= job.percents[-1] < 100


def test_a_long_running_task_takes_its_seconds_and_answers(job, clock):
    result = job.run(common_tasks.long_running_task, 30, param="value")

    assert result == {"seconds": 30, "param": "value"}
    assert clock.now == pytest.approx(1030)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_wait_of_no_length_is_refused(job, clock, seconds):
    with pytest.raises(ValueError, match="give a number from 0 up"):
        job.run(common_tasks.long_running_task, seconds)

    assert clock.naps == []


def test_a_wait_of_nothing_is_done_at_once(job, clock):
    job.run(common_tasks.long_running_task, 0)

    assert (clock.naps, job.percents) == ([], [100])


def test_test_celery_gives_back_what_it_got(job):
    result = job.run(common_tasks.test_celery, "Hello World", check="health")

    assert result == {"word": "Hello World", "options": {"check": "health"}}


def test_test_celery_does_nothing_once_it_is_cancelled():
    job = RecordingJob(cancelled_at=0)

    with pytest.raises(Stopped):
        job.run(common_tasks.test_celery, "Hello World")

    assert job.reports == []


def test_the_async_demo_counts_letters(job):
    assert job.run(common_tasks.demo_async_task, "Hi, Ada 1")["letters"] == 5


def test_the_periodic_demo_measures_a_disk(job, settings, tmp_path):
    settings.OUTPUT_DIR = tmp_path / "not made yet"

    result = job.run(common_tasks.demo_periodic_task)

    assert 0 <= result["free_bytes"] <= result["total_bytes"]


def test_the_scheduled_demo_says_when_it_ran(job, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with time_machine.travel(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), tick=False):
        result = job.run(common_tasks.demo_scheduled_task, "Wake up")

    assert result == {
        "message": "Wake up",
        "utc": "2026-01-02T03:04:05+00:00",
        "local": "2026-01-02T04:04:05+01:00",
        "zone": "Europe/Berlin",
    }


def test_the_dynamic_demo_takes_anything(job):
    result = job.run(common_tasks.demo_dynamic_task, "Hello", 2, key=[1], timeout=None)

    assert result == {
        "count": 4,
        "types": {"value 1": "str", "value 2": "int", "key": "list", "timeout": "NoneType"},
    }


def test_the_dynamic_demo_takes_nothing(job):
    assert job.run(common_tasks.demo_dynamic_task) == {"count": 0, "types": {}}
    assert job.percents == [100]


@pytest.mark.django_db
def test_rows_are_counted_for_each_table(job, ada, bob):
    result = job.run(model_tasks.count_rows, "auth")

    assert result["tables"]["auth_user"] == 2
    assert result["rows"] == sum(result["tables"].values())
    assert job.percents == sorted(job.percents)
    assert job.percents[-1] == 100


@pytest.mark.django_db
def test_every_table_of_the_installation_is_counted(job):
    result = job.run(model_tasks.count_rows)

    assert {"tasks", "task_executions", User._meta.db_table} <= result["tables"].keys()
    assert len(job.reports) == len({model._meta.db_table for model in apps.get_models()})


@pytest.mark.django_db
def test_counting_stops_between_tables():
    job = RecordingJob(cancelled_at=1)

    with pytest.raises(Stopped):
        job.run(model_tasks.count_rows)

    assert len(job.reports) == 1


def test_an_app_that_is_not_installed_is_refused(job):
    with pytest.raises(LookupError, match="nowhere"):
        job.run(model_tasks.count_rows, "nowhere")


@pytest.mark.django_db
def test_the_database_check_measures_every_answer(job, django_assert_num_queries):
    with django_assert_num_queries(7):
        result = job.run(high_priority_tasks.check_database, 7)

    assert (result["rounds"], job.percents[-1], job.looks) == (7, 100, 7)
    assert 0 < result["median_ms"] <= result["slowest_ms"]


@pytest.mark.parametrize("rounds", [0, -1, 1001])
def test_the_database_check_refuses_a_senseless_number(job, rounds):
    with pytest.raises(ValueError, match="give a number from 1 to 1000"):
        job.run(high_priority_tasks.check_database, rounds)


def test_every_job_has_a_name_that_stays_and_says_that_it_may_be_repeated():
    folder = Path(common_tasks.__file__).parent
    modules = [
        importlib.import_module(f"tasks_app.jobs.{path.stem}") for path in folder.glob("*_tasks.py")
    ]
    jobs = {
        it.name: it for module in modules for it in vars(module).values() if hasattr(it, "delay")
    }

    assert set(jobs) == {
        "tasks_app.jobs.common_tasks.demo_async_task",
        "tasks_app.jobs.common_tasks.demo_dynamic_task",
        "tasks_app.jobs.common_tasks.demo_periodic_task",
        "tasks_app.jobs.common_tasks.demo_scheduled_task",
        "tasks_app.jobs.common_tasks.long_running_task",
        "tasks_app.jobs.common_tasks.test_celery",
        "tasks_app.jobs.document_tasks.process_document",
        "tasks_app.jobs.embedding_tasks.generate_embedding",
        "tasks_app.jobs.high_priority_tasks.check_database",
        "tasks_app.jobs.model_tasks.count_rows",
    }
    assert all(job.idempotent for job in jobs.values())


def test_loading_the_jobs_loads_no_document_library():
    """Every process loads the jobs; only one that works on a document pays for the libraries."""
    program = (
        "import sys, django; django.setup(); import tasks_app.jobs; "
        "print({'fpdf', 'pypdf', 'markdown_it', 'numpy'} & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert done.stdout.strip() == "set()"
