"""A pause with a real worker and beat: what lies in the broker does not run, and comes back."""

from tasks_app import services
from tasks_app.models import TaskExecution
from tasks_app.tests.doorbells import messages
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.runs import now_of
from tasks_app.tests.system import System, becomes, ends, eventually, starts


def test_what_lay_in_the_broker_waits_for_the_end_of_the_pause(system: System) -> None:
    overseer = system.actor_above_all()
    busy = [starts(system.run("until_told", str(system.folder))) for _ in range(2)]
    waiting = [system.run("tell") for _ in range(4)]
    # Two slots are busy and two messages in the worker's hands.
    eventually(lambda: messages() == 2)

    pause = services.pause(overseer, queue="default", reason="The disk is full.")

    # What runs goes on; then both slots are free, and what they take is dropped.
    (system.folder / ENOUGH).touch()
    assert [ends(run).status for run in busy] == ["success"] * 2
    eventually(lambda: TaskExecution.objects.paused().count() == 4)
    eventually(lambda: messages() == 0)
    assert [now_of(run).attempt for run in waiting] == [0] * 4

    services.resume(overseer, pause)
    ended = [ends(run) for run in waiting]
    assert [(run.status, run.attempt) for run in ended] == [("success", 1)] * 4


def test_a_pause_that_expires_lets_its_runs_go(system: System) -> None:
    task_run = ends(system.run("tell"))
    assert task_run.task
    services.pause_task(system.actor, task_run.task, expires_in=4)

    held = services.execute_task(system.actor, task_run.task)

    becomes(held, lambda run: run.reason == "paused")
    assert ends(held).status == "success"
    assert not services.get_pauses(system.actor)
