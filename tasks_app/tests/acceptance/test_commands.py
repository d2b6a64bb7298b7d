"""The commands for hands, as processes of their own beside a running system."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tasks_app.models import TaskExecution, Worker
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run
from tasks_app.tests.system import REPOSITORY, System, ends, eventually

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(system: System) -> Run:
    """Run a command of manage.py in a shell of its own, with nobody to ask."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=REPOSITORY,
            env=system.environment() | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def wrong(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """By part what the doctor found wrong."""
    found: dict[str, list[str]] = {}
    answer: dict[str, Any] = json.loads(done.stdout)
    for finding in answer["findings"]:
        if finding["severity"] != "note":
            found.setdefault(finding["part"], []).append(finding["sentence"])
    return found


def test_the_doctor_examines_what_runs_and_what_does_not(system: System, manage: Run) -> None:
    ends(system.run("tell"))
    # The tests' own servers are fast and forgetful, and their jobs are known to workers only.
    # It expects the usual heartbeat: for their own short one these processes may be late.
    running = wrong(manage("doctor", "--json", HEARTBEAT_SECONDS="5", LEASE_SECONDS="15"))
    assert not running.keys() & {"broker", "clocks", "processes", "schedules"}, running

    nowhere = "redis://127.0.0.1:1/0"
    system.workers[0].stop(signal.SIGTERM)
    # Its goodbye may have been cut off; then it is silent for three of the usual heartbeats.
    eventually(lambda: not Worker.objects.alive().exists(), within=20)
    done = manage("doctor", "--json", CELERY_BROKER_URL=nowhere)

    assert done.returncode == 1
    stopped = wrong(done)
    assert "does not answer" in stopped["broker"][0]
    assert "No worker lives" in stopped["processes"][0]


def test_old_runs_are_pruned_while_the_system_runs(system: System, manage: Run) -> None:
    for _ in range(3):
        a_run(Status.SUCCESS)
    age(31 * 24 * 3600)
    kept = ends(system.run("tell"))
    prune = ("executions", "prune", "--older-than", "30", "--json")

    assert manage(*prune).returncode == 2
    assert json.loads(manage(*prune, "--dry-run").stdout)["total"] == 3
    done = manage(*prune, "--yes")

    assert (done.returncode, json.loads(done.stdout)["by_status"]) == (0, {"success": 3})
    assert TaskExecution.objects.filter(pk=kept.pk).exists()
    assert not TaskExecution.objects.ended_before_grace(3600).exists()


def test_wrong_usage_is_told_by_the_exit_code(manage: Run) -> None:
    assert manage("executions").returncode == 2
    assert manage("executions", "prune", "--status", "started").returncode == 2
