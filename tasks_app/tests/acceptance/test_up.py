"""`manage.py up` for real: first start, second start, deaths, refusals, Ctrl-C."""

import http.client
import socket

import pytest

from tasks_app.management.supervisor.demo import DEMO_TASKS
from tasks_app.tests.acceptance.up import Folder, Up, eventually

STYLES = "/static/unfold/css/styles.css"
LONG_JOB = "tasks_app.jobs.common_tasks.long_running_task"


@pytest.fixture
def folder(tmp_path):
    """Nothing that was started in it outlives the test."""
    folder = Folder(tmp_path / "var")
    yield folder
    folder.clear()


def status_of(folder: Folder, path: str) -> int:
    web = http.client.HTTPConnection("127.0.0.1", folder.port, timeout=10)
    try:
        web.request("GET", path)
        return web.getresponse().status
    finally:
        web.close()


def start_job(folder: Folder, seconds: int) -> str:
    """Call it from another shell, as people do; answer its id once it runs."""
    kwargs = f'{{"seconds": {seconds}}}'
    execution = folder.shell("celery", "-A", "config", "call", LONG_JOB, "--kwargs", kwargs)
    assert eventually(lambda: folder.execution(execution).status == "started"), execution
    return execution


def test_a_fresh_folder_becomes_a_running_system_and_stops_without_a_trace(folder):
    up = folder.up("--demo")
    up.wait_until_ready()

    assert [status_of(folder, path) for path in ("/healthz", "/readyz", STYLES)] == [200, 200, 200]
    assert len(up.find(r"admin, password (\S+)")) >= 16
    assert list((folder.path / "input").glob("doc-123.*"))
    assert f"made {len(DEMO_TASKS)} example task(s)" in up.said

    second = folder.up()
    assert_refused(second, f"already runs in {folder.path} (process {up.process.pid})")
    assert status_of(folder, "/healthz") == 200

    execution = start_job(folder, seconds=4)
    up.press_ctrl_c()

    assert up.exit_code() == 0
    assert folder.execution(execution).status == "success"
    stops = [line for line in up.said.splitlines() if line.endswith(" stopped")]
    assert stops == [f"up     | {name} stopped" for name in ("web", "beat", "worker", "broker")]
    assert up.nothing_stays()


def test_who_dies_is_started_again_and_a_second_ctrl_c_gives_the_running_job_back(folder):
    up = folder.up()
    up.wait_until_ready()
    worker, broker = up.child("config worker"), up.child("valkey-server")

    worker.kill()
    broker.kill()

    up.wait_until_it_says("worker died (signal 9); it is started again in 1 s")
    up.wait_until_it_says("broker died (signal 9); it is started again in 1 s")
    assert eventually(lambda: status_of(folder, "/readyz") == 200)
    execution = start_job(folder, seconds=90)

    up.press_ctrl_c()
    up.wait_until_it_says("beat stopped")
    up.press_ctrl_c()

    assert up.exit_code() == 0
    assert folder.execution(execution).status == "pending"
    assert up.nothing_stays()


def test_after_a_kill_nothing_stays_and_the_next_start_goes_on(folder):
    quick = {"LEASE_SECONDS": "6", "HEARTBEAT_SECONDS": "1"}
    first = folder.up(**quick)
    first.wait_until_ready()
    address = (folder.path / "broker.url").read_text()
    execution = start_job(folder, seconds=90)

    first.kill()

    assert first.nothing_stays()
    second = folder.up(**quick)
    second.wait_until_ready()
    assert "shown only this once" not in second.said
    assert (folder.path / "broker.url").read_text() == address
    # The job may be repeated, so the reaper has it run again.
    assert eventually(lambda: folder.execution(execution) == ("started", 2))


def test_a_busy_port_is_one_sentence_and_nothing_runs(folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", folder.port))
        other.listen()

        up = folder.up()

        assert_refused(
            up, f"Port {folder.port} on 127.0.0.1 cannot be used (Address already in use)"
        )


def test_a_folder_that_cannot_be_written_is_one_sentence(folder):
    folder.path.write_text("a file, where the folder should be")

    assert_refused(folder.up(), f"The folder {folder.path} cannot be written (File exists)")


@pytest.mark.parametrize(
    "url, shown",
    [
        ("redis://:secret@127.0.0.1:1/0", "The broker redis://***@127.0.0.1:1/0 cannot be reached"),
        (
            "redis://localhost:port/0",
            "The broker redis://localhost:port/0 cannot be reached (that is no address)",
        ),
        ("nonsense://localhost", "The broker nonsense://localhost cannot be reached"),
    ],
)
def test_a_configured_broker_that_does_not_answer_is_one_sentence(folder, url, shown):
    up = folder.up(CELERY_BROKER_URL=url)

    assert_refused(up, shown)
    assert "secret" not in up.said
    assert not (folder.path / "broker.url").exists()


def test_a_database_that_does_not_answer_is_one_sentence_and_the_broker_goes_too(folder):
    up = folder.up(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")

    assert_refused(up, "The database cannot be used")


def assert_refused(up: Up, sentence: str) -> None:
    assert up.exit_code() == 1
    assert sentence in up.said
    assert "Traceback" not in up.said
    assert up.nothing_stays()


@pytest.mark.long
def test_a_second_start_is_ready_within_ten_seconds(folder):
    first = folder.up()
    first.wait_until_ready()
    first.press_ctrl_c()
    assert first.exit_code() == 0

    second = folder.up()
    second.wait_until_ready()

    assert float(second.find(r"ready after ([\d.]+) s")) < 10
