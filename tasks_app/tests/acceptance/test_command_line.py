"""Celery's own commands work on the app: `celery -A config call|result|inspect|status`."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tasks_app.models import TaskExecution
from tasks_app.tests.system import REPOSITORY, System, ends


@pytest.fixture
def celery(system: System) -> Callable[..., str]:
    """Run a celery command in a shell of its own; answer what it prints."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "config", *words],
            cwd=REPOSITORY,
            env=system.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    return run


def test_celerys_commands_see_and_call_managed_jobs(
    system: System, celery: Callable[..., str]
) -> None:
    call_id = celery("call", "app.worker.test_celery", "--args", json.dumps(["hello"]))

    execution = ends(TaskExecution.objects.get(pk=call_id))
    assert (execution.status, execution.trigger) == ("success", "code")
    assert "hello" in celery("result", call_id)
    assert "online" in celery("status")
    assert "long_running_task" in celery("inspect", "registered")
