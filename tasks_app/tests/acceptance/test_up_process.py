"""One child process of `up`."""

import os
import signal
import subprocess
import sys

import pytest

from tasks_app.management.supervisor import process as process_module
from tasks_app.management.supervisor.process import Process
from tasks_app.management.supervisor.program import Program
from tasks_app.tests.acceptance.toys import eventually, lives, python


@pytest.fixture
def start():
    """Start a program; nothing of it outlives the test."""
    started = []

    def _start(program) -> Process:
        started.append(Process(program))
        return started[-1]

    yield _start
    for process in started:
        process.kill_group()
        process.close()


def all_lines(process: Process) -> list[str]:
    assert eventually(lambda: process.exit_code is not None)
    return process.last_lines()


def first_lines(process: Process) -> list[str]:
    lines: list[str] = []

    def is_heard() -> bool:
        lines.extend(process.lines())
        return bool(lines)

    assert eventually(is_heard)
    return lines


def test_both_its_streams_are_read_line_by_line(start):
    code = (
        "import sys; print('out', flush=True); print('err', file=sys.stderr); print('end', end='')"
    )

    assert all_lines(start(python(code))) == ["out", "err", "end"]


def test_a_line_without_an_end_is_shown_in_pieces(start, monkeypatch):
    monkeypatch.setattr(process_module, "LONGEST_LINE", 1000)
    process = start(python("print('x' * 2000, end='', flush=True); import time; time.sleep(60)"))

    assert first_lines(process) == ["x" * 2000]


def test_what_is_no_text_is_shown_all_the_same(start):
    assert all_lines(start(python("import os; os.write(1, b'\\xff\\n')"))) == ["\ufffd"]


def test_it_is_told_what_its_program_says_beside_the_environment(start, monkeypatch):
    monkeypatch.setenv("HEARD", "from outside")
    code = "import os; print(os.environ['HEARD'], os.environ['TOLD'])"

    assert all_lines(start(python(code, environment={"TOLD": "by up"}))) == ["from outside by up"]


def test_ctrl_c_in_the_terminal_does_not_reach_it(start):
    process = start(python("import time; time.sleep(60)"))

    assert eventually(lambda: os.getpgid(process.pid) == process.pid)
    assert os.getsid(process.pid) == process.pid


def test_its_end_is_told_by_exit_code_or_signal(start):
    failing, killed = start(python("exit(3)")), start(python("import time; time.sleep(60)"))
    killed.send(signal.SIGKILL)

    assert eventually(lambda: failing.exit_code == 3)
    assert eventually(lambda: killed.exit_code == -signal.SIGKILL)


def test_a_program_that_is_not_there_is_an_exit_code_too(start):
    process = start(Program("toy", ("/no/such/program",)))

    assert eventually(lambda: process.exit_code == 1)


def test_killing_its_group_ends_what_it_started(start):
    code = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""
    process = start(python(code))
    started = int(first_lines(process)[0])

    process.kill_group()

    assert eventually(lambda: not lives(started))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_it_dies_with_a_parent_that_was_killed():
    code = """
import sys, time
from tasks_app.management.supervisor.process import Process
from tasks_app.management.supervisor.program import Program
command = (sys.executable, "-c", "import time; time.sleep(60)")
print(Process(Program("toy", command)).pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert lives(child)
        parent.kill()

    assert eventually(lambda: not lives(child))
