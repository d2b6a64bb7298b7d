"""A person sets the outcome of a run whose job still works on a real worker."""

import pytest

from tasks_app import services
from tasks_app.models import TaskExecution
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.runs import row_of, told_of
from tasks_app.tests.system import System, ends, starts

# A worker has two children: two jobs that go on would hold up everything.
CHILDREN = 2


def set_by_hand(system: System, run: TaskExecution) -> dict[str, object]:
    """End the run with a result of our own, and answer its row."""
    services.update_task_status(system.actor, run.task_id or "", "succeeded", result="ours")
    return row_of(run)


def both(system: System, job: str, *args: object) -> list[TaskExecution]:
    """A run of the job in each child."""
    return [starts(run) for run in [system.run(job, *args) for _ in range(CHILDREN)]]


def test_a_job_that_looks_stops_at_once_and_its_worker_goes_on(system: System) -> None:
    runs = [system.begins("repeatable", 60) for _ in range(CHILDREN)]
    rows = [set_by_hand(system, run) for run in runs]

    # In a child that was not killed: both held a job that went on for a minute.
    assert ends(system.run("tell")).pid in {run.pid for run in runs}

    assert [row_of(run) for run in runs] == rows
    assert {row["status"] for row in rows} == {"success"}
    assert len(system.effects()) == CHILDREN


@pytest.mark.parametrize("job", ["deaf", "busy_in_c"])
def test_a_job_that_does_not_look_is_killed_after_its_grace(system: System, job: str) -> None:
    runs = both(system, job, 60)
    rows = [set_by_hand(system, run) for run in runs]

    assert ends(system.run("tell"), within=20).status == "success"

    assert [row_of(run) for run in runs] == rows
    assert [told_of(run) for run in runs] == [["set_status"]] * CHILDREN


def test_what_a_job_says_after_that_changes_nothing(system: System) -> None:
    runs = both(system, "until_told", str(system.folder))
    rows = [set_by_hand(system, run) for run in runs]
    (system.folder / ENOUGH).touch()

    # It waits for a child, so both have had their say.
    assert ends(system.run("tell")).status == "success"

    assert [row_of(run) for run in runs] == rows
    assert {row["result"] for row in rows} == {"ours"}
