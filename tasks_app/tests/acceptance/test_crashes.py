"""Whatever dies in the middle of a run: the run is decided, and nothing runs twice unasked."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User

from tasks_app.models import Beat, Event, TaskExecution, Worker
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import (
    LEASE,
    System,
    a_system,
    becomes,
    ends,
    eventually,
    frozen,
    heard_of,
    kill_family,
    starts,
)

# A full lease watched, a reaper's look each two seconds, a relay's each second.
DECIDED_WITHIN = LEASE + 2 + 1
# Two tests share the machine, each with processes of its own.
BUSY = 3


def test_a_killed_child_is_seen_at_once(system: System) -> None:
    never = starts(system.run("once_only", str(system.folder), 60))
    again = starts(system.run("repeatable", str(system.folder), 4))

    for run in (again, never):
        os.kill(run.pid, signal.SIGKILL)

    assert ends(again).status == "success"
    assert (again.attempt, again.worker_deaths, again.failed_tries) == (2, 1, 0)
    assert (ends(never).status, never.reason, never.attempt) == ("failure", "lost", 1)
    assert again.attempts.get().outcome == never.attempts.get().outcome == "lost"
    assert Event.objects.filter(verb="rescue").count() == 2


def test_runs_of_a_killed_worker_are_decided_within_a_lease(system: System) -> None:
    victim = system.workers[0]
    never, again = system.begins("once_only", 60), system.begins("repeatable", 4)

    kill_family(victim)

    becomes(never, lambda row: row.status == "failure", within=DECIDED_WITHIN + BUSY)
    # Its lease may end a heartbeat later, just after that look of the reaper.
    becomes(again, lambda row: row.status == "retry", within=2 + BUSY)
    assert never.reason == "lost"
    system.start_worker()
    assert ends(again).result == 2
    assert sorted(system.effects()) == sorted([f"{again.pk} 1", f"{never.pk} 1", f"{again.pk} 2"])


def test_a_run_that_kills_its_worker_three_times_is_not_tried_again(system: System) -> None:
    execution = ends(system.run("deadly"), within=40)

    assert (execution.status, execution.reason) == ("failure", "poison")
    assert (execution.worker_deaths, execution.attempts.count()) == (3, 3)


def test_a_dead_broker_costs_no_submit_and_no_run(system: System, broker: Broker) -> None:
    running = starts(system.run("once_only", str(system.folder), 3))
    broker.kill()
    try:
        submitted = [system.run("tell") for _ in range(3)]
        assert ends(running).status == "success"
        assert TaskExecution.objects.unsent().count() == 3
    finally:
        broker.start()
    assert {ends(run, within=30).status for run in submitted} == {"success"}


def test_a_broker_that_restarts_in_mid_run_neither_ends_nor_doubles_it(
    system: System, broker: Broker
) -> None:
    running = [
        starts(system.run(job, str(system.folder), 6)) for job in ("repeatable", "once_only")
    ]
    waiting = system.run("repeatable", str(system.folder), 0)

    for _ in range(2):
        broker.kill()
        broker.start()
        time.sleep(1)

    assert {ends(run, within=30).status for run in [*running, waiting]} == {"success"}
    assert sorted(system.effects()) == sorted(f"{run.pk} 1" for run in [*running, waiting])


def test_messages_that_the_broker_lost_are_rung_again(system: System, broker: Broker) -> None:
    blockers = [starts(system.run("deaf", 4)) for _ in range(2)]
    waiting = [system.run("repeatable", str(system.folder), 0) for _ in range(6)]

    broker.wipe()

    assert {ends(run, within=30).status for run in [*blockers, *waiting]} == {"success"}
    assert len(system.effects()) == len(set(system.effects())) == 6


def test_a_cold_shutdown_gives_back_what_may_be_repeated(system: System) -> None:
    never = heard_of(starts(system.run("once_only", str(system.folder), 60)))
    again = heard_of(starts(system.run("repeatable", str(system.folder), 5, max_retries=0)))

    system.workers[0].stop(signal.SIGQUIT)

    assert (ends(never).status, never.reason) == ("failure", "shutdown")
    becomes(again, lambda row: row.status == "pending")
    system.start_worker()
    # Its only try is still to come.
    assert ends(again, within=25).result == 2
    assert (again.failed_tries, again.worker_deaths, again.max_attempts) == (0, 0, 1)


def test_a_warm_shutdown_lets_runs_end_and_gives_the_rest_to_others(system: System) -> None:
    running = [starts(system.run("deaf", 2)) for _ in range(2)]
    waiting = [system.run("tell") for _ in range(4)]

    system.workers[0].stop(signal.SIGTERM)

    assert {ends(run).status for run in running} == {"success"}
    system.start_worker()
    assert {ends(run, within=25).status for run in waiting} == {"success"}


def test_a_frozen_worker_that_wakes_changes_nothing(system: System) -> None:
    execution = starts(system.run("repeatable", str(system.folder), 4))
    with frozen(system.workers[0]):
        becomes(execution, lambda row: row.status == "retry", within=DECIDED_WITHIN + BUSY)
        system.start_worker()
        starts(execution, attempt=2)
    assert ends(execution).result == 2
    assert execution.attempts.get().outcome == "lost"


def test_a_hung_broker_delays_no_tick_no_rescue_and_hardly_a_submit(
    system: System, broker: Broker
) -> None:
    running = starts(system.run("once_only", str(system.folder), 20))
    broker.freeze()
    try:
        asked_at = time.monotonic()
        submitted = system.run("tell")
        assert time.monotonic() - asked_at < 2 + BUSY
        kill_family(system.workers[0])
        becomes(running, lambda row: row.reason == "lost", within=DECIDED_WITHIN + BUSY)
        ticked = Beat.objects.get().seen_at
        eventually(
            lambda: Beat.objects.get().seen_at > ticked + timedelta(seconds=2), within=3 + BUSY
        )
    finally:
        broker.thaw()
    system.start_worker()
    assert ends(submitted, within=30).status == "success"


def test_a_worker_that_shuts_down_warmly_is_heard_until_its_last_run_has_ended(
    tmp_path: Path, transactional_db: None, broker: Broker, ada: User
) -> None:
    broker.wipe()
    # The goodbye is given one heartbeat, which is usually longer than in the other tests.
    usual = {"HEARTBEAT_SECONDS": "5", "LEASE_SECONDS": "15"}
    with a_system(tmp_path, broker.url, ada, **usual) as system:
        system.start()
        running = starts(system.run("deaf", 4))
        row = Worker.objects.get()

        system.workers[0].process.send_signal(signal.SIGTERM)

        ends(running)
        row.refresh_from_db()
        assert row.stopped_at is None or row.stopped_at >= running.finished_at
        eventually(lambda: Worker.objects.get().stop_reason == "warm shutdown")
        assert not Worker.objects.alive().exists()
