"""Jobs on a real worker: how each of them ends is told by its row."""

import inspect
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from tasks_app import registry, services
from tasks_app.management.samples import write_samples
from tasks_app.registry import RegisteredJob
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, a_system, becomes, ends, starts


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of the usual one: rows stay for the whole module, which shares its processes."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, db: None, broker: Broker) -> Iterator[System]:
    """One worker and one beat for all these tests: they only use them."""
    broker.wipe()
    user = User.objects.create_user("ada")
    with a_system(tmp_path_factory.mktemp("system"), broker.url, user) as system:
        system.start()
        yield system


def test_a_task_runs_and_its_row_tells_everything(system: System) -> None:
    execution = ends(system.run("tell"))

    assert (execution.status, execution.reason, execution.attempt) == ("success", "", 1)
    assert execution.result["task_id"] == str(execution.task_id)
    assert execution.result["execution_id"] == str(execution.pk)
    assert execution.created_at <= execution.started_at <= execution.finished_at
    assert (execution.progress, execution.progress_message) == (40, "nearly")
    assert execution.progress_data == {"step": 2}
    assert execution.worker.endswith("@test")


def test_an_error_ends_as_failure_with_its_traceback(system: System) -> None:
    execution = ends(system.run("explode", "no powder"))

    assert (execution.status, execution.reason) == ("failure", "error")
    assert execution.error == "ValueError: no powder"
    assert "in explode" in execution.traceback
    assert execution.attempts.get().outcome == "failed"


def test_a_cancel_ends_a_job_that_looks_within_two_seconds(system: System) -> None:
    took = []
    # A busy machine may stand still once.
    for _ in range(3):
        execution = starts(system.run("repeatable", str(system.folder), 60))
        asked_at = time.monotonic()

        services.cancel_execution(system.actor, execution)

        assert ends(execution).reason == "cancelled"
        took.append(time.monotonic() - asked_at)
    assert min(took) < 2


def test_a_cancel_kills_a_job_that_does_not_look_after_its_grace(system: System) -> None:
    deaf, neighbour = system.run("deaf", 60), system.run("deaf", 6)
    starts(deaf), starts(neighbour)

    services.cancel_execution(system.actor, deaf)

    assert (ends(deaf).status, deaf.reason) == ("revoked", "cancelled")
    assert ends(neighbour).status == "success"


def test_a_job_that_holds_the_interpreter_is_stopped_by_the_main_process(system: System) -> None:
    execution = starts(system.run("busy_in_c", 60))

    services.cancel_execution(system.actor, execution)

    assert (ends(execution).status, execution.reason) == ("revoked", "cancelled")
    # Its child is free again: as many runs as children begin at once.
    for run in [system.run("deaf", 1), system.run("deaf", 1)]:
        assert ends(run).status == "success"


@pytest.mark.parametrize("limit", ["time_limit", "soft_time_limit"])
def test_a_job_over_its_limit_ends_as_timeout(system: System, limit: str) -> None:
    execution = ends(system.run("deaf", 60, **{limit: 1}))

    assert (execution.status, execution.reason) == ("failure", "timeout")


def test_a_retry_that_the_job_asks_for_waits_in_the_row(system: System) -> None:
    execution = ends(system.run("third_time_lucky"))

    assert (execution.status, execution.result, execution.failed_tries) == ("success", 3, 2)
    errors = execution.attempts.values_list("error", flat=True)
    assert list(errors) == ["ValueError: try 1", "ValueError: try 2"]


def test_celerys_own_retries_are_counted_in_the_row(system: System) -> None:
    execution = ends(system.run("always_offline"))

    assert (execution.status, execution.error) == ("failure", "OSError: no route")
    assert execution.attempt == 2


def test_a_retry_policy_of_the_task_needs_no_word_of_the_job(system: System) -> None:
    execution = system.run("flaky", str(system.folder), max_retries=1, retry_backoff=0)

    assert ends(execution).result == "second time"


def test_exit_ignore_and_reject_do_not_leave_a_run_open(system: System) -> None:
    runs = {job: system.run(job) for job in ("leave", "ignore", "reject")}

    outcomes = {job: (ends(run).status, run.reason) for job, run in runs.items()}

    assert outcomes == {
        "leave": ("failure", "error"),
        "ignore": ("revoked", "ignored"),
        "reject": ("failure", "error"),
    }


@pytest.mark.parametrize("kind", ["object", "nan", "nul", "half"])
def test_a_result_that_cannot_be_kept_is_a_failure_that_says_why(system: System, kind: str) -> None:
    execution = ends(system.run("unkeepable", kind))

    assert execution.status == "failure"
    assert "The result cannot be kept" in execution.error


def test_a_delayed_run_starts_when_it_is_due(system: System) -> None:
    task = services.get_task(system.actor, system.run("tell").task_id)

    execution = services.execute_task(system.actor, task, countdown=2)

    assert (execution.status, execution.reason) == ("pending", "delayed")
    ends(execution)
    assert (execution.started_at - execution.created_at).total_seconds() >= 2


def test_a_call_from_code_is_a_row_too(system: System) -> None:
    from tasks_app.tests.jobs import tell

    result = tell.delay()

    assert result.get(timeout=10)["execution_id"] == result.id
    execution = services.get_execution(system.actor_above_all(), result.id)
    assert (execution.trigger, execution.task) == ("code", None)


def test_critical_runs_overtake_what_waits(system: System, tmp_path: Path) -> None:
    blocker = ("until_told", str(tmp_path))
    blockers = [starts(system.run(*blocker, time_limit=60)) for _ in range(2)]
    low = [system.run("tell", priority="low") for _ in range(10)]
    critical = system.run("tell", priority="critical")

    (tmp_path / ENOUGH).touch()
    for run in [*blockers, *low]:
        ends(run)
    # Some are in the worker's hands already, and of what is next both children begin one at once.
    later = sum(ends(critical).started_at < run.started_at for run in low)
    assert later >= 5
    becomes(critical, lambda row: row.queue == "high_priority")


def test_a_job_that_no_worker_knows_ends_with_that_reason(system: System) -> None:
    gone = RegisteredJob("shop.tasks.gone", "", inspect.signature(lambda: None), False, "")
    registry.register(gone)

    execution = ends(system.run(gone.name))

    assert (execution.status, execution.reason) == ("failure", "unknown_job")
    assert execution.attempt == 0


def test_a_document_is_processed_while_its_progress_moves(system: System) -> None:
    write_samples(settings.INPUT_DIR)
    job = "tasks_app.jobs.document_tasks.process_document"

    execution = starts(system.run(job, kwargs={"document_id": "doc-123"}))

    early = becomes(execution, lambda row: row.progress > 0).progress
    later = becomes(execution, lambda row: row.progress > early).progress
    result = ends(execution, within=60).result
    assert 0 < early < later <= 100
    assert execution.progress == 100
    assert (result["pages_processed"], result["words"], result["links"]) == (300, 75_000, 300)
    assert (settings.OUTPUT_DIR / result["output"]).stat().st_size == result["bytes_written"]
