"""The broker dies, hangs, forgets, or delivers what it likes."""

import random
import time
from statistics import quantiles
from uuid import uuid4

import pytest

from tasks_app.tests.faults.client import ACKNOWLEDGED, Answer
from tasks_app.tests.faults.hurting import LISTS
from tasks_app.tests.faults.installation import wait_until
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place

pytestmark = pytest.mark.postgresql
# What a request waits for a broker at most, and a worker to be heard of again. Seconds.
HUNG_FOR, ANSWERS_WITHIN = 8, 2.5
# A worker that stumbled over a message ends in order, which takes its time.
DIES_WITHIN = 3


def test_a_broker_that_dies_costs_no_request(place: Place) -> None:
    broker = place.installation.broker
    answers: list[Answer] = []
    for seconds in (0.2, 2, 5):
        broker.kill()
        try:
            answers += _ask_for(place, seconds)
        finally:
            broker.start()
        answers += _ask_for(place, 1)
    healed_at = time.monotonic()

    rows = place.ends(*_ids(answers))

    assert {answer.outcome for answer in answers} == {ACKNOWLEDGED}
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}
    record(
        "a broker that dies",
        requests=len(answers),
        availability=sum(each.outcome == ACKNOWLEDGED for each in answers) / len(answers),
        drained=time.monotonic() - healed_at,
    )


def test_a_broker_that_hangs_makes_no_request_wait_for_long(place: Place) -> None:
    broker = place.installation.broker
    broker.freeze()
    try:
        answers = _ask_for(place, HUNG_FOR)
    finally:
        broker.thaw()

    rows = place.ends(*_ids(answers))

    seconds = [answer.seconds for answer in answers]
    p99 = quantiles(seconds, n=100)[-1]
    record("a broker that hangs", requests=len(answers), p99=p99, longest=max(seconds))
    assert {answer.outcome for answer in answers} == {ACKNOWLEDGED}
    assert sorted(seconds)[int(0.99 * (len(seconds) - 1))] <= ANSWERS_WITHIN
    assert {row["status"] for row in rows} == {"success"}


def _ask_for(place: Place, seconds: float) -> list[Answer]:
    """Requests one after the other for so long."""
    until = time.monotonic() + seconds
    answers = []
    while time.monotonic() < until:
        answers.append(place.ask_for("short"))
        time.sleep(0.1)
    return answers


def _ids(answers: list[Answer]) -> list[str]:
    return [str(answer.body["id"]) for answer in answers]


def test_messages_that_come_again_start_nothing(place: Place) -> None:
    """Copies of what waits, runs and is over, three times each."""
    workers = place.installation.workers
    for worker in workers:
        worker.freeze()
    runs = [place.submit("once", seconds=1) for _ in range(8)]
    copies = place.messages()
    for worker in workers:
        worker.thaw()
    # Each worker's connection was handed one, before they froze.
    assert len(copies) >= len(runs) - len(workers)
    for moment in range(3):
        _push(place, copies)
        if moment == 1:
            place.begins(runs[0])
        if moment == 2:
            place.ends(*runs)

    _push(place, copies)
    rows = place.ends(*runs)
    place.ends(place.submit("short"))

    begun = [len(place.bodies(run)) for run in runs]
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}
    assert begun == [1] * len(runs)
    record("messages that come again", pushed=4 * len(copies), bodies=sum(begun), runs=len(runs))


def test_stolen_messages_are_rung_again(place: Place) -> None:
    dice = random.Random(27)
    workers = place.installation.workers
    for worker in workers:
        worker.freeze()
    runs = [place.submit("short") for _ in range(20)]
    client = place.installation.broker.client
    thefts = [client.rpop(dice.choice(LISTS)) for _ in range(200)]
    stolen = sum(message is not None for message in thefts)
    for worker in workers:
        worker.thaw()
    began = time.monotonic()

    rows = place.ends(*runs)

    assert stolen
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}
    rung = sum(row["published_count"] for row in rows)
    record(
        "stolen messages",
        stolen=stolen,
        seconds=time.monotonic() - began,
        publications=rung / len(rows),
    )


GARBAGE = {
    "no JSON": b"{",
    "no message": b'{"body": 7}',
    "a wrong id": b'{"body": "W10=", "headers": {"id": "no-id", "task": "x"}, "properties": '
    b'{"delivery_tag": "t1", "delivery_info": {"exchange": "", "routing_key": "default"}, '
    b'"body_encoding": "base64"}, "content-type": "application/json", '
    b'"content-encoding": "utf-8"}',
    "a pickle": b'{"body": "gAR9lC4=", "headers": {"id": "%s", "task": "x"}, "properties": '
    b'{"delivery_tag": "t2", "delivery_info": {"exchange": "", "routing_key": "default"}, '
    b'"body_encoding": "base64"}, "content-type": "application/x-python-serialize", '
    b'"content-encoding": "binary"}' % str(uuid4()).encode(),
    "a megabyte": b"x" * 1_000_000,
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_in_a_queue_stops_no_worker(place: Place, kind: str) -> None:
    before = {worker.name: worker.pid for worker in place.installation.workers}

    place.installation.broker.client.lpush("default", GARBAGE[kind])
    rows = place.ends(*[place.submit("short") for _ in range(6)])

    time.sleep(DIES_WITHIN)
    assert {row["status"] for row in rows} == {"success"}
    dead = [worker.name for worker in place.installation.workers if not worker.lives]
    after = {worker.name: worker.pid for worker in place.installation.workers}
    record(f"garbage: {kind}", crashes=len(dead))
    assert (dead, after) == ([], before)


def _push(place: Place, messages: list[bytes]) -> None:
    place.installation.broker.client.lpush("default", *messages)


def test_a_wiped_broker_with_ten_thousand_waiting_gets_each_message_once(place: Place) -> None:
    count = 10_000
    place.ends(place.submit("short"))
    workers = place.installation.workers
    for worker in workers:
        worker.freeze()
    _insert(place, count)
    place.installation.broker.wipe()
    began = time.monotonic()

    wait_until(lambda: len(place.messages()) >= count, seconds=60)
    recovered = time.monotonic() - began
    time.sleep(3)

    asked = f"""SELECT count(*) AS n, max(published_count) AS most FROM task_executions
        WHERE kwargs->>'mark' = '{_MARK}'"""  # noqa: S608  (our own word)
    [told] = place.installation.database.rows(asked)
    record("a wiped broker", waiting=count, recovered=recovered, publications=told["most"])
    assert (told["n"], told["most"], len(place.messages())) == (count, 2, count)
    _forget(place)


_MARK = "one of many"
_INSERT = f"""
    INSERT INTO task_executions SELECT (jsonb_populate_record(run, jsonb_build_object(
        'id', gen_random_uuid(), 'status', 'pending', 'reason', '', 'attempt', 0,
        'kwargs', jsonb_build_object('mark', '{_MARK}'), 'result', NULL, 'trigger', 'code',
        'claim_token', NULL, 'started_at', NULL, 'finished_at', NULL, 'worker', '', 'pid', NULL,
        'run_at', now(), 'published_at', now(), 'published_count', 1, 'progress', 0))).*
    FROM task_executions AS run, generate_series(1, %s) WHERE run.id = (
        SELECT id FROM task_executions WHERE status = 'success' AND attempt = 1
        AND trigger = 'api' AND queue = 'default' LIMIT 1)
"""  # noqa: S608  (our own word)


def _insert(place: Place, count: int) -> None:
    """Copies of a run, that wait; their messages were never pushed."""
    assert place.installation.server
    with place.installation.server.connect() as session:
        session.execute(_INSERT.encode(), [count])


def _forget(place: Place) -> None:
    """To work through so many would take the other scenarios' time."""
    assert place.installation.server
    with place.installation.server.connect() as session:
        session.execute(
            "UPDATE task_executions SET status = 'revoked', reason = 'cancelled', "
            "finished_at = now() WHERE kwargs->>'mark' = %s",
            [_MARK],
        )
    place.installation.broker.client.delete(*LISTS)
