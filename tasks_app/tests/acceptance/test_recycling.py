"""Workers that replace their children, grow and shrink, or leave in the middle of work."""

import signal
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tasks_app.models import TaskExecution
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, a_system, ends, eventually

# A worker that shrinks waits so many seconds from one change to the next.
QUICK = {"AUTOSCALE_KEEPALIVE": "1"}


@pytest.mark.parametrize(
    "flags, children, longest",
    [
        # At least so many processes must have taken part, or nothing was recycled.
        (("--max-tasks-per-child", "3"), 8, 0.05),
        # In KiB: each child is too large after its first run.
        (("--max-memory-per-child", "1"), 24, 0.05),
        # One child alone would be busy for longer than others take to begin.
        (("--autoscale", "4,1"), 3, 1),
    ],
)
def test_recycled_children_lose_nothing_and_do_nothing_twice(
    tmp_path: Path,
    transactional_db: None,
    broker: Broker,
    ada: User,
    flags: tuple[str, ...],
    children: int,
    longest: float,
) -> None:
    broker.wipe()
    with a_system(tmp_path, broker.url, ada, **QUICK) as system:
        system.start(*flags)
        runs = _submit(system, 8, seconds=longest) + _submit(system, 16)

        _assert_each_ran_once(system, runs)
        assert len({run.pid for run in runs}) >= children


def test_a_warm_shutdown_in_the_middle_of_work_loses_nothing(system: System) -> None:
    # After the first there is work for two children, longer than any machine stands still.
    runs = _submit(system, 2) + _submit(system, 12, seconds=1)
    eventually(lambda: TaskExecution.objects.final().exists())

    system.workers[0].process.send_signal(signal.SIGTERM)
    system.start_worker()

    _assert_each_ran_once(system, runs)
    assert {run.worker for run in runs} == {"w0@test", "w1@test"}
    # A child of billiard may wait 30 s for word that its last result was read.
    eventually(lambda: system.workers[0].process.poll() is not None, within=45)


def _submit(system: System, count: int, *, seconds: float = 0.05) -> list[TaskExecution]:
    """Runs that nobody may repeat, each of which tells outside that it began."""
    return [system.run("once_only", str(system.folder), seconds) for _ in range(count)]


def _assert_each_ran_once(system: System, runs: list[TaskExecution]) -> None:
    assert {ends(run, within=40).status for run in runs} == {"success"}
    assert sorted(system.effects()) == sorted(f"{run.pk} 1" for run in runs)
