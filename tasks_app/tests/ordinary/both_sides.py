"""The same scenarios on plain Celery and on Belfry: what the program printed, what jobs did."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from tasks_app.models import TaskExecution
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.servers.process import ServerProcess
from tasks_app.tests.system import REPOSITORY, System, a_system, eventually

PACKAGE = "tasks_app.tests.ordinary"
# Enough children for what only waits.
FLAGS = ("-c", "4")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Of these the class is Celery's, the sentence each system's own.
_OWN_SENTENCES = re.compile(r"(TimeLimitExceeded|TaskRevokedError|MaxRetriesExceededError|Reject)$")


@dataclass
class Told:
    """What the program printed, and the lines that jobs left: id, retries, word."""

    outcomes: dict[str, Any]
    marks: list[str]
    calls: list[Any]

    @property
    def words(self) -> list[str]:
        """The marks without ids, in no order: jobs run side by side."""
        return sorted(mark.split(" ", 1)[1] for mark in self.marks)

    def differences(self, other: "Told") -> dict[str, tuple[Any, Any]]:
        """Scenarios that the other ran too, and that ended otherwise: here, and there."""
        return {
            name: (self.outcomes[name], outcome)
            for name, outcome in other.outcomes.items()
            if outcome != self.outcomes[name]
        }


@contextmanager
def an_ordinary_system(
    folder: Path, broker: Broker, user: User, **environment: str
) -> Iterator[System]:
    """A worker and a beat of ours with the ordinary jobs."""
    broker.wipe()
    environment |= {"app": f"{PACKAGE}.our_app", "ORDINARY_FOLDER": str(folder)}
    with a_system(folder, broker.url, user, **environment) as system:
        system.start(*FLAGS)
        yield system


def run_on_ours(system: System, *scenarios: str) -> Told:
    """These scenarios, or all, on Belfry."""
    outcomes = _run_program("our_app", system.folder, system.environment(), *scenarios)
    try:
        # The program waits neither for callbacks and errbacks nor for what it wants no result of.
        eventually(lambda: not TaskExecution.objects.live().exists(), within=60)
    finally:
        connection.close()
    return _told(outcomes, system.folder)


def _run_program(app: str, folder: Path, environment: dict[str, str], *scenarios: str) -> str:
    """In a process of its own: what it printed. Fails with what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", f"{PACKAGE}.program", app, *scenarios],
        check=False,
        cwd=REPOSITORY,
        env={**os.environ, **environment, "ORDINARY_FOLDER": str(folder)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def _told(printed: str, folder: Path) -> Told:
    calls = [json.loads(line) for line in _lines(folder / "calls")]
    return Told(comparable(json.loads(printed or "{}")), _lines(folder / "marks"), calls)


def run_on_plain_celery(folder: Path, broker: Broker) -> Told:
    """All scenarios with a worker of plain Celery, on databases of the broker that nobody uses."""
    address = broker.url.removesuffix("0")
    environment = {
        "PLAIN_BROKER_URL": f"{address}2",
        "PLAIN_RESULTS_URL": f"{address}3",
        # Celery meets Django wherever this is set.
        "DJANGO_SETTINGS_MODULE": "",
    }
    with _plain_worker(folder, environment):
        return _told(_run_program("plain_app", folder, environment), folder)


@contextmanager
def _plain_worker(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    own = {"ORDINARY_FOLDER": str(folder), "PYTHONPATH": str(REPOSITORY)}
    worker = ServerProcess(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            f"{PACKAGE}.plain_app",
            "worker",
            "-l",
            "INFO",
            *FLAGS,
        ],
        directory=folder,
        environment={**environment, **own},
    )
    try:
        worker.wait_until(lambda: " ready." in worker.log.read_text())
        yield
    finally:
        worker.stop(signal.SIGKILL)


def comparable(value: Any) -> Any:
    """Without ids, and without the sentences that each system words in its own way."""
    if isinstance(value, str):
        return _ID.sub("<id>", value)
    if isinstance(value, list | tuple):
        return [comparable(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _OWN_SENTENCES.search(str(value.get("error", ""))):
        value = {**value, "text": ""}
    return {key: comparable(one) for key, one in value.items()}


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
