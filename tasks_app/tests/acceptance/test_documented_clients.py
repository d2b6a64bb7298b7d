"""Clients of documents 001 and 004, with nothing changed but the address and the token."""

import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tasks_app.tests.acceptance import documented_commands as commands
from tasks_app.tests.acceptance.curl import Reader
from tasks_app.tests.acceptance.up import free_port
from tasks_app.tests.servers.process import ServerProcess
from tasks_app.tests.system import REPOSITORY, System, eventually

CREATE = {"001": commands.CREATE_001, "004": commands.CREATE_004}
NORMAL = {"001": 2, "004": "normal"}
# What their clients know; they wait for one of the last three.
FINAL = {"succeeded", "failed", "revoked"}
WORDS = {"pending", "running", *FINAL}


@pytest.fixture
def port(system: System, tmp_path: Path) -> Iterator[int]:
    """Where a web server of this test's own listens."""
    folder, port = tmp_path / "web", free_port()
    folder.mkdir()
    address = f"127.0.0.1:{port}"
    server = ServerProcess(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", address, "--threads", "4"],
        directory=folder,
        environment={**system.environment(), "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        server.wait_until(lambda: _answers(f"http://{address}/api/schema/"))
        yield port
    finally:
        server.stop()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  (our own server)
            return bool(answer.status == 200)
    except OSError:  # refused, or too slow to answer
        return False


@pytest.fixture
def reader_of(port: int, tmp_path: Path) -> Callable[[str], Reader]:
    """A reader of a document, whose token has its dialect."""

    def make(document: str) -> Reader:
        said = StringIO()
        call_command("create_api_token", "ada", "--dialect", document, stdout=said)
        return Reader(tmp_path, port, said.getvalue().strip())

    return make


@pytest.mark.parametrize("document", ["001", "004"])
def test_the_printed_commands_do_what_the_document_says(
    reader_of: Callable[[str], Reader], document: str
) -> None:
    reader = reader_of(document)

    created = reader.send(CREATE[document])
    assert created.status == 201, created.body
    task_id = created.body["id"]
    assert created.body["status"] in {"pending", "running"}
    assert created.body["priority"] == NORMAL[document]
    assert created.body["celery_id"] == created.body["execution"]["id"]

    eventually(lambda: reader.send(commands.DETAIL, task_id).body["status"] == "running")
    for command in (commands.LIST_RUNNING, commands.LIST):
        listed = reader.send(command).body["results"]
        assert [(row["id"], row["status"]) for row in listed] == [(task_id, "running")]

    assert reader.send(commands.CANCEL, task_id).status == 202
    eventually(lambda: reader.send(commands.DETAIL, task_id).body["status"] == "revoked")
    assert reader.send(commands.LIST_RUNNING).body["results"] == []

    assert reader.send(commands.DELETE, task_id) == (204, None)
    assert reader.send(commands.DETAIL, task_id).status == 404


def test_a_client_that_waits_for_its_own_final_words_ends(
    reader_of: Callable[[str], Reader],
) -> None:
    reader = reader_of("001")
    seconds = {"succeeded": "1", "failed": "-1", "revoked": "60"}
    tasks = {
        word: reader.send(commands.CREATE_001.replace("[60]", f"[{number}]")).body["id"]
        for word, number in seconds.items()
    }
    eventually(lambda: reader.send(commands.DETAIL, tasks["revoked"]).body["status"] == "running")
    assert reader.send(commands.CANCEL, tasks["revoked"]).status == 202

    ends = {word: _polled_to_its_end(reader, task_id) for word, task_id in tasks.items()}

    assert {word: task["status"] for word, task in ends.items()} == {word: word for word in ends}
    assert ends["succeeded"]["progress"] == 100
    assert ends["succeeded"]["result"] == {"seconds": 1, "param": "value"}
    assert "-1" in ends["failed"]["error"]


def _polled_to_its_end(reader: Reader, task_id: str, *, within: float = 30) -> Any:
    """As such a client does it: it knows no word but its document's."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        task = reader.send(commands.DETAIL, task_id).body
        assert task["status"] in WORDS
        assert type(task["progress"]) is int
        if task["status"] in FINAL:
            return task
        time.sleep(0.2)
    return pytest.fail(f"{task_id} did not end within {within} s")
