"""Celery's own commands work on the app: `celery -A config call|result|inspect|control|status`."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tasks_app.models import TaskExecution
from tasks_app.tests.system import REPOSITORY, System, becomes, ends, heard_of

# Answers are awaited for 1 s unless somebody says more; until the last of those that are asked.
HEARD = ("--destination", "w0@test", "--timeout", "15")


@pytest.fixture
def celery(system: System) -> Callable[..., str]:
    """Run a celery command in a shell of its own; answer what it prints.

    Fails unless the command ends with the exit code 0, or another that is asked for.
    """

    def run(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "config", *words],
            cwd=REPOSITORY,
            env=system.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return (done.stdout or done.stderr).strip()

    return run


def test_celerys_commands_see_and_call_managed_jobs(
    system: System, celery: Callable[..., str]
) -> None:
    call_id = celery("call", "app.worker.test_celery", "--args", json.dumps(["hello"]))

    execution = ends(TaskExecution.objects.get(pk=call_id))
    assert (execution.status, execution.trigger) == ("success", "code")
    assert "hello" in celery("result", call_id)
    assert "online" in celery("status", *HEARD)
    assert "long_running_task" in celery("inspect", *HEARD, "registered")


def test_the_result_of_a_failure_tells_it(system: System, celery: Callable[..., str]) -> None:
    failed = ends(system.run("explode", "no powder"))

    assert "no powder" in celery("result", str(failed.pk), code=1)
    assert "in explode" in celery("result", str(failed.pk), "--traceback")


def test_a_running_run_is_named_and_revoked(system: System, celery: Callable[..., str]) -> None:
    run = heard_of(system.begins("once_only", 300))

    active = json.loads(celery("inspect", *HEARD, "active", "--json"))
    assert [(told["id"], told["name"]) for told in active["w0@test"]] == [
        (str(run.pk), "tasks_app.tests.jobs.once_only")
    ]
    celery("control", *HEARD, "revoke", str(run.pk))

    assert (ends(run).status, run.reason) == ("revoked", "cancelled")
    assert system.effects() == [f"{run.pk} 1"]


def test_a_revoke_holds_when_no_worker_hears_it(system: System, celery: Callable[..., str]) -> None:
    system.workers[0].stop(signal.SIGKILL)
    waiting, other = system.run("once_only", str(system.folder), 0), system.run("tell")

    celery("control", "revoke", str(waiting.pk), code=69)

    becomes(waiting, lambda row: row.status == "revoked", within=1)
    system.start_worker()
    assert ends(other).status == "success"
    assert (ends(waiting).reason, system.effects()) == ("cancelled", [])
