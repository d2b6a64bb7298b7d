"""One `up` per folder: the lock, the pid file, and the port they need."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tasks_app.management.supervisor import first_start, ports
from tasks_app.management.supervisor.exceptions import AlreadyUp, FolderUnwritable, PortBusy
from tasks_app.management.supervisor.lock import only_up_in
from tasks_app.management.supervisor.pid_file import PidFile
from tasks_app.tests.acceptance.toys import eventually, lives


@pytest.fixture
def sleeper():
    """A process that leads its own group, as a child of `up` does."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, start_new_session=True) as process:
        yield process
        process.kill()


def talkative(code: str, **options) -> subprocess.Popen:
    """A process whose standard input and output are ours."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True, **options
    )


def test_a_second_one_is_told_who_holds_the_folder(tmp_path):
    holder = rf"{tmp_path} \(process {os.getpid()}\)"

    with only_up_in(tmp_path), pytest.raises(AlreadyUp, match=holder), only_up_in(tmp_path):
        pass


def test_another_folder_is_free(tmp_path):
    (tmp_path / "other").mkdir()

    with only_up_in(tmp_path), only_up_in(tmp_path / "other"):
        pass


def test_the_folder_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with only_up_in(tmp_path):
            pass


def test_a_child_does_not_keep_the_folder(tmp_path):
    with only_up_in(tmp_path):
        child = talkative("print('here', flush=True); input()", close_fds=False)
        assert child.stdout.readline() == "here\n"

    with child, only_up_in(tmp_path):
        child.kill()


def test_what_a_killed_one_left_is_ended(tmp_path, sleeper):
    PidFile(tmp_path / "up.pids").write([sleeper.pid])

    assert PidFile(tmp_path / "up.pids").end_leftovers() == 1
    assert not lives(sleeper.pid)
    assert not (tmp_path / "up.pids").exists()


def test_those_who_outlived_their_leader_are_ended_too(tmp_path):
    code = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
sys.stdin.read()
"""
    with talkative(code, start_new_session=True) as leader:
        orphan = int(leader.stdout.readline())
        PidFile(tmp_path / "up.pids").write([leader.pid])
        leader.kill()

    PidFile(tmp_path / "up.pids").end_leftovers()

    assert eventually(lambda: not lives(orphan))


def test_a_stranger_who_got_the_number_is_spared(tmp_path, sleeper):
    long_ago = psutil.Process(sleeper.pid).create_time() - 3600
    (tmp_path / "up.pids").write_text(json.dumps({sleeper.pid: long_ago}))

    assert PidFile(tmp_path / "up.pids").end_leftovers() == 0
    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_list_is_no_obstacle(tmp_path, text):
    (tmp_path / "up.pids").write_text(text)

    assert PidFile(tmp_path / "up.pids").end_leftovers() == 0


def test_a_busy_port_is_told_in_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortBusy, match=f"Port {port} on 127.0.0.1 .*Address already in use"):
            ports.refuse_unusable("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_told():
    with pytest.raises(PortBusy, match=r"Port 8000 on 192\.0\.2\.1 cannot be used"):
        ports.refuse_unusable("192.0.2.1", 8000)


def test_a_folder_that_cannot_be_made_is_told(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.VAR_DIR = tmp_path / "file" / "var"

    with pytest.raises(FolderUnwritable, match=r"file/var cannot be written .*VAR_DIR"):
        first_start.make_folders()


def test_folders_that_are_missing_are_made(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "a" / "var" / "static"
    settings.VAR_DIR, settings.OUTPUT_DIR = tmp_path / "a" / "var", tmp_path / "b" / "output"

    first_start.make_folders()

    assert Path(settings.VAR_DIR).is_dir()
    assert Path(settings.OUTPUT_DIR).is_dir()
