"""A minute of faults breaks no promise."""

import json
import subprocess
import sys

import pytest

# Seconds; a line of runs may take its time to drain.
HURT, LONGEST = 60, 400


@pytest.mark.postgresql
def test_a_short_trial_breaks_no_promise(tmp_path):
    report = tmp_path / "report"
    words = ["--minutes", str(HURT / 60), "--seed", "1", "--lease", "6", "--heartbeat", "1"]
    words += ["--rate", "6", "--schedules", "12", "--report", str(report)]

    done = subprocess.run(
        [sys.executable, "-m", "tasks_app.tests.faults", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    told = json.loads(report.with_suffix(".json").read_text())
    assert sum(told["figures"]["faults"].values()) >= HURT / 8
    assert told["held"]["C2"] >= HURT
