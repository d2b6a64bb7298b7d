"""On a laptop: processes die while they write the one file, and many write at once."""

import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from tasks_app.tests.faults.client import ACKNOWLEDGED, Answer
from tasks_app.tests.faults.installation import Size
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place, a_place
from tasks_app.tests.faults.tables import Sqlite

# The environment may say how often to kill: 200 times, where there is time.
KILLS = int(os.environ.get("FAULTS_KILLS", "30"))
SMALL = Size("sqlite", workers=2, beats=1, concurrency=1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("sqlite"), SMALL) as place:
        yield place


def test_whoever_is_killed_in_a_write_leaves_a_whole_file(place: Place) -> None:
    dice = Random(52)
    runs: list[str] = []
    for _ in range(KILLS):
        asked = [place.ask_for("short") for _ in range(4)]
        runs += [str(each.body["id"]) for each in asked if each.outcome == ACKNOWLEDGED]
        victims = [*place.installation.workers, *place.installation.beats]
        victim = dice.choice(victims)
        time.sleep(dice.uniform(0, 0.4))
        victim.kill()
        victim.start()

    assert place.settle() == {}
    lost = [row for row in place.rows(runs) if row["status"] != "success"]
    record(
        "kills on SQLite", kills=KILLS, runs=len(runs), lost=len(lost), integrity=_integrity(place)
    )
    assert not lost
    assert _integrity(place) == "ok"


def test_many_writers_and_a_long_reader_lock_nobody_out(place: Place) -> None:
    answers: list[Answer] = []

    def write() -> None:
        answers.extend(place.ask_for("short") for _ in range(15))

    with closing(_open(place)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM task_executions").fetchone()
        writers = [threading.Thread(target=write) for _ in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    outcomes = Counter(answer.outcome for answer in answers)
    record(
        "eight writers on SQLite",
        requests=len(answers),
        errors=len(answers) - outcomes[ACKNOWLEDGED],
        longest=max(answer.seconds for answer in answers),
    )
    assert set(outcomes) == {ACKNOWLEDGED}
    assert place.settle() == {}


def _open(place: Place) -> sqlite3.Connection:
    assert isinstance(place.installation.database, Sqlite)
    return sqlite3.connect(place.installation.database.path, timeout=20, isolation_level=None)


def _integrity(place: Place) -> str:
    with closing(_open(place)) as session:
        return str(session.execute("PRAGMA integrity_check").fetchone()[0])
