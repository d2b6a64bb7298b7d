"""Flower on Belfry's app: it tells the names and states of runs, and what it is asked to do counts.

Flower is other people's program; here it is only shown that it works on ours.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from tasks_app.management.supervisor.ports import any_free, is_free
from tasks_app.models import TaskExecution
from tasks_app.tests.browser.person import Person
from tasks_app.tests.system import System, becomes, ends, eventually, starts


@pytest.fixture
def flower(system: System) -> str:
    """Its address. Nobody signs in: it listens on this machine only."""
    port = any_free()
    program = system.start_program(
        "flower", "--address=127.0.0.1", f"--port={port}", FLOWER_UNAUTHENTICATED_API="true"
    )
    program.wait_until(lambda: not is_free(port))
    address = f"http://127.0.0.1:{port}"
    eventually(lambda: _hears_of_runs(address, system))
    return address


@pytest.fixture
def person(window_maker: Browser, thread: Executor, flower: str) -> Iterator[Person]:
    """Somebody who looks at Flower."""
    context = thread.submit(window_maker.new_context).result()
    yield Person(thread, thread.submit(context.new_page).result(), flower)
    thread.submit(context.close).result()


def test_runs_can_be_read_and_revoked_on_its_pages(
    system: System, flower: str, person: Person
) -> None:
    succeeded, failed = ends(system.run("tell")), ends(system.run("explode"))
    running = starts(system.run("once_only", str(system.folder), 60))

    told = {succeeded: "SUCCESS", failed: "FAILURE", running: "STARTED"}
    # Its pages stay as they were opened.
    eventually(lambda: [_state_of(flower, run) for run in told] == list(told.values()))
    person.opens("/tasks")
    for run, state in told.items():
        person.sees(str(run.pk))
        person.sees(run.celery_task_name)
        person.sees(state)
    person.opens(f"/task/{running.pk}")
    person.clicks("Terminate")

    becomes(running, lambda row: row.cancel_requested_at is not None)
    assert (ends(running).status, running.reason) == ("revoked", "cancelled")
    eventually(lambda: _state_of(flower, running) == "REVOKED")
    person.opens(f"/task/{running.pk}")
    person.sees("REVOKED")


def test_a_waiting_run_that_is_revoked_there_never_starts(system: System, flower: str) -> None:
    told = _apply(flower, "once_only", str(system.folder), 0, countdown=600)

    _post(f"{flower}/api/task/revoke/{told}")

    run = TaskExecution.objects.get(pk=told)
    assert (run.status, run.reason) == ("revoked", "cancelled")


def test_a_job_applied_there_gets_its_row(system: System, flower: str) -> None:
    told = _apply(flower, "count_to", 3)

    run = ends(TaskExecution.objects.get(pk=told))
    assert (run.status, run.trigger, run.args, run.result) == ("success", "code", [3], [1, 2, 3])
    with urlopen(f"{flower}/api/task/result/{told}") as answer:  # noqa: S310
        assert json.load(answer)["result"] == [1, 2, 3]


def _hears_of_runs(address: str, system: System) -> bool:
    """Workers send events only when asked, which Flower does every few seconds."""
    ends(system.run("tell"))
    return bool(_tasks(address))


def _state_of(address: str, run: TaskExecution) -> str:
    """What it heard last of a run; nothing if it did not hear of it."""
    return str(_tasks(address).get(str(run.pk), {}).get("state", ""))


def _tasks(address: str) -> dict[str, dict[str, object]]:
    with urlopen(f"{address}/api/tasks") as answer:  # noqa: S310
        told: dict[str, dict[str, object]] = json.load(answer)
        return told


def _apply(flower: str, job: str, *args: object, **options: object) -> str:
    """Call one of the tests' jobs; answers the id that Flower told."""
    path = f"/api/task/async-apply/tasks_app.tests.jobs.{job}"
    return _post(flower + path, args=args, **options)["task-id"]


def _post(address: str, **body: object) -> dict[str, str]:
    request = Request(address, json.dumps(body).encode(), method="POST")  # noqa: S310
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        told: dict[str, str] = json.load(answer)
        return told
