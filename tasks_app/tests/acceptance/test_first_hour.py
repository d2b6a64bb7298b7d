"""What a newcomer does in the first hour: by API, under `manage.py up`, with its own settings."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks_app.tests.acceptance.up import Folder, Up, eventually

# A lease of 15 s watched in full, a reaper's look each 2 s, a relay's each second.
DECIDED_WITHIN = 18
# Two tests share the machine, each with processes of its own.
BUSY = 3
DOCUMENT = "clients.celery.example_tasks.process_document"
LONG = "app.worker.long_running_task"


class Client:
    """A program with a token."""

    def __init__(self, folder: Folder) -> None:
        self._root = f"http://127.0.0.1:{folder.port}/api/v1"
        self._token = folder.shell("django", "create_api_token", "admin")

    def create(self, job: str, *args: Any, **fields: Any) -> str:
        """Create a task, which executes it; answer its id."""
        body = {"name": job, "celery_task_name": job, "args": args, **fields}
        return str(self.post("/tasks", body)["id"])

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self._ask("POST", path, body or {})

    def until(self, task: str, is_so: Callable[[Any], bool], seconds: float = 30) -> Any:
        """The task as it answers once `is_so` says so."""
        assert eventually(lambda: is_so(self.get(f"/tasks/{task}")), seconds), self.get(
            f"/tasks/{task}"
        )
        return self.get(f"/tasks/{task}")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  (our own server)
            self._root + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / "var")
    yield folder
    folder.clear()


@pytest.fixture
def up(folder: Folder) -> Up:
    up = folder.up()
    up.wait_until_ready()
    return up


@pytest.fixture
def client(folder: Folder, up: Up) -> Client:
    return Client(folder)


def ended(task: Any) -> bool:
    return bool(task["finished_at"])


def test_documents_are_processed_watched_cancelled_and_their_failures_read(
    folder: Folder, client: Client
) -> None:
    options = {"format": "md"}
    long = client.create(DOCUMENT, kwargs={"document_id": "doc-123", "options": options})
    early = client.until(long, lambda task: task["progress"] > 0)["progress"]
    later = client.until(long, lambda task: task["progress"] > max(40, early))["progress"]
    result = client.until(long, ended)["result"]
    assert 0 < early < later < 100
    assert (result["pages_processed"], result["words"], result["links"]) == (300, 75_000, 300)
    assert (folder.path / "output" / result["output"]).stat().st_size == result["bytes_written"]

    (folder.path / "input" / "mine.txt").write_text("one two\nsee https://example.org\n")
    mine = client.until(client.create(DOCUMENT, kwargs={"document_id": "mine"}), ended)
    assert (mine["result"]["words"], mine["result"]["links"]) == (4, 1)

    waiting = client.create(LONG, 60)
    client.until(waiting, lambda task: task["status"] == "started")
    asked_at = time.monotonic()
    client.post(f"/tasks/{waiting}/cancel")
    assert client.until(waiting, ended)["status"] == "revoked"
    # One that does not look is killed after 10 s.
    assert time.monotonic() - asked_at < 2 + BUSY

    failed = client.until(client.create(DOCUMENT, kwargs={"document_id": "nowhere"}), ended)
    assert "nowhere" in failed["error"]
    run = client.get(f"/executions/{failed['execution_id']}")
    assert "Traceback" in run["traceback"]


@pytest.mark.long
@pytest.mark.parametrize("victim", ["child", "main process", "broker"])
def test_what_dies_in_the_middle_of_a_run_is_decided_within_18_seconds(
    folder: Folder, up: Up, client: Client, victim: str
) -> None:
    never = client.create(LONG, 25, on_lost="fail")
    client.until(never, lambda task: task["status"] == "started")
    run = client.get(f"/tasks/{never}/executions")["results"][0]

    if victim == "broker":
        up.child("valkey-server").kill()
        after = client.create(LONG, 0)
        assert client.until(after, ended, DECIDED_WITHIN + 30)["status"] == "success"
        assert client.until(never, ended, 40)["status"] == "success"
    else:
        worker = up.child("config worker")
        target = worker.children()[-1] if victim == "child" else worker
        os.kill(target.pid, signal.SIGKILL)
        task = client.until(never, ended, DECIDED_WITHIN)
        assert task["status"] == "failure"
        assert client.get(f"/executions/{run['id']}")["reason"] == "lost"
    assert client.get(f"/executions/{run['id']}")["attempt"] == 1
