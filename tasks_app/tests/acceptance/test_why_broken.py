"""Causes that lie in a broken process, each really broken in a system of the test's own."""

import time

from django.db.models.functions import Now

from tasks_app import services
from tasks_app.models import Beat, TaskExecution
from tasks_app.reporting.explaining import explain
from tasks_app.tests.acceptance.test_why import tells
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import LEASE, System, ends, kill_family, starts


def test_the_broker_is_down(system: System, broker: Broker) -> None:
    broker.kill()
    try:
        execution = system.run("tell")
        why = explain(execution)
    finally:
        broker.start()

    assert why.code == "broker_down"
    assert "The broker does not answer." in why.evidence
    assert explain(ends(execution, within=30)).code in ("success", "ran_late")


def test_the_broker_hangs(system: System, broker: Broker) -> None:
    broker.freeze()
    try:
        execution = system.run("tell")
        took = []
        # A busy machine may stand still once.
        for _ in range(2):
            asked_at = time.monotonic()
            assert explain(execution).code == "broker_down"
            took.append(time.monotonic() - asked_at)
        assert min(took) < 4
    finally:
        broker.thaw()
    ends(execution, within=30)


def test_its_worker_was_killed(system: System) -> None:
    execution = starts(system.run("once_only", str(system.folder), 60))

    kill_family(system.workers[0])

    silent = tells(execution, lambda why: why.code != "running")
    assert silent.code in ("silent", "lost")
    why = explain(ends(execution, within=LEASE + 6))
    assert why.code == "lost"
    assert "Its worker w0@test died or fell silent" in why.sentence
    assert any(line.startswith("Worker w0@test was last heard at") for line in why.evidence)


def test_no_beat_lives_to_send_what_was_delayed(system: System) -> None:
    task = services.get_task(system.actor, ends(system.run("tell")).task_id)
    beat = Beat.objects.alive().get()
    system.beats[0].stop()

    execution = services.execute_task(system.actor, task, countdown=60)

    assert explain(execution).code == "delayed"
    TaskExecution.objects.filter(pk=execution.pk).update(run_at=Now())
    why = tells(execution, lambda why: why.code == "beat_down")
    assert "no beat lives since " in why.sentence
    assert any(f"the last one, {beat.name}, was heard" in line for line in why.evidence)
