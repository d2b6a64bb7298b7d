"""Histories outlive whoever writes them."""

import os
import subprocess
import sys

from tasks_app.tests.faults.histories import History, read_history

KILLED_WHILE_IT_WRITES = """
import os, sys
from pathlib import Path
from tasks_app.tests.faults.histories import History
history = History(Path(sys.argv[1]))
history.note("begin", execution="one")
os.write(history._file, b'{"what": "half a')
os.kill(os.getpid(), 9)
"""


def test_lines_of_a_killed_process_are_there_and_its_half_line_is_not(tmp_path):
    path = tmp_path / "effects.jsonl"
    subprocess.run([sys.executable, "-c", KILLED_WHILE_IT_WRITES, path], check=False)

    assert [line["execution"] for line in read_history(path)] == ["one"]


def test_a_file_nobody_wrote_is_an_empty_history(tmp_path):
    assert read_history(tmp_path / "none.jsonl") == []


def test_two_writers_share_a_file(tmp_path):
    path = tmp_path / "effects.jsonl"
    first, second = History(path), History(path)

    for number in range(3):
        first.note("begin", number=number)
        second.note("end", number=number, pid=os.getpid())

    assert [line["number"] for line in read_history(path)] == [0, 0, 1, 1, 2, 2]
