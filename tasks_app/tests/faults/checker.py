"""The promises, each held against the evidence. A check returns a sentence for each violation."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tasks_app.tests.faults.client import ACKNOWLEDGED, REFUSED, UNKNOWN
from tasks_app.tests.faults.evidence import Evidence, grouped
from tasks_app.tests.faults.fires import wrong_fires
from tasks_app.tests.faults.tables import FINAL, Row

MOST_DEATHS = 3
# Celery's own, where neither task nor job say a number.
USUAL_TRIES = 4
# A session is between two statements of a transaction now and then.
FEW = 2
_FAILED_ATTEMPT = re.compile(r"attempt (\d+) failed")


def nothing_is_lost(evidence: Evidence) -> Iterator[str]:
    """C1: what was acknowledged has its row, every row is final, and no body ran without a row."""
    for line in [*evidence.told("submit", ACKNOWLEDGED), *evidence.told("rerun", ACKNOWLEDGED)]:
        run = evidence.runs.get(line["execution"])
        if run is None:
            yield f"{line['execution']} was acknowledged and has no row"
        elif "mark" in line and run["kwargs"].get("mark") != line["mark"]:
            yield f"{run['id']} has other arguments than were acknowledged"
    for run in evidence.runs.values():
        if run["status"] not in FINAL:
            yield f"{run['id']} is {run['status']} ({run['reason'] or 'no reason'}) for ever"
    for execution in evidence.begins.keys() - evidence.runs.keys():
        yield f"{execution} ran and has no row"
    yield from _broken_canvases(evidence)


def _broken_canvases(evidence: Evidence) -> Iterator[str]:
    """A chain or chord whose parts all succeeded has its last part."""
    by_parent = grouped(evidence.runs.values(), "parent_id")
    for run in evidence.runs.values():
        last = (run["result"] or {}).get("follows") if isinstance(run["result"], dict) else None
        if not last or last in evidence.runs:
            continue
        if all(part["status"] == "success" for part in _descendants(by_parent, run["id"])):
            yield f"{last}, the last part of a canvas of {run['id']}, has no row"


def _descendants(by_parent: dict[str, list[Row]], execution: str) -> Iterator[Row]:
    for part in by_parent.get(execution, []):
        yield part
        yield from _descendants(by_parent, part["id"])


def no_attempt_runs_twice(evidence: Evidence) -> Iterator[str]:
    """C2: a body begins once for each attempt, and what may not be repeated begins once in all."""
    for execution, begins in evidence.begins.items():
        for attempt, count in Counter(line["attempt"] for line in begins).items():
            if count > 1:
                yield f"attempt {attempt} of {execution} began {count} times"
        run = evidence.runs.get(execution)
        if run and run["on_lost"] == "fail" and len(begins) > 1 + run["failed_tries"]:
            yield f"{execution} may not be repeated and began {len(begins)} times"


def attempts_never_overlap(evidence: Evidence) -> Iterator[str]:
    """C3: no attempt was claimed before the one before it had ended, by the database's clock."""
    for run in evidence.runs.values():
        tries = {row["number"]: row for row in evidence.tries.get(run["id"], [])}
        for number in range(1, run["attempt"]):
            later = tries.get(number + 1) or run
            if number not in tries:
                yield f"attempt {number + 1} of {run['id']} was claimed while {number} ran"
            elif number + 1 in (*tries, run["attempt"]) and _is_early(tries[number], later):
                yield f"attempt {number + 1} of {run['id']} was claimed before {number} ended"
        if tries and max(tries) > run["attempt"]:
            yield f"{run['id']} is at attempt {run['attempt']}, and {max(tries)} has ended"


def _is_early(before: Row, after: Row) -> bool:
    return bool(after["started_at"] and after["started_at"] < before["ended_at"])


def the_winner_wrote_the_result(evidence: Evidence) -> Iterator[str]:
    """C4: a result or an error is of the attempt that has the last word, and that one ran."""
    ended = {
        (line["execution"], line["attempt"]) for line in evidence.effects if line["what"] == "end"
    }
    for run in evidence.runs.values():
        if run["status"] == "success" and isinstance(run["result"], dict):
            said = run["result"].get("attempt")
            if said != run["attempt"]:
                yield f"attempt {run['attempt']} of {run['id']} has the result of attempt {said}"
            elif (run["id"], said) not in ended:
                yield f"{run['id']} succeeded, and its attempt {said} never ended"
        found = _FAILED_ATTEMPT.search(run["error"] or "")
        if run["status"] == "failure" and found and int(found[1]) != run["attempt"]:
            yield f"attempt {run['attempt']} of {run['id']} has the error of attempt {found[1]}"
    for row in evidence.tables.tries:
        found = _FAILED_ATTEMPT.search(row["error"])
        if found and int(found[1]) != row["number"]:
            yield f"try {row['number']} of {row['execution_id']} has the error of try {found[1]}"


def final_is_final(evidence: Evidence) -> Iterator[str]:
    """C6: whoever was seen in a final state is in it still, as it was."""
    for line in evidence.finals:
        for seen in line["rows"]:
            run = evidence.runs.get(seen["id"])
            if run is None:
                yield f"{seen['id']} was {seen['status']} and its row is gone"
                continue
            now = {**run, "finished_at": run["finished_at"] and run["finished_at"].isoformat()}
            for name in ("status", "reason", "attempt", "finished_at"):
                if now[name] != seen[name]:
                    yield f"{seen['id']} was final with {name} {seen[name]}, and has {now[name]}"


def cancelled_never_starts(evidence: Evidence) -> Iterator[str]:
    """C7: what was cancelled while it waited began no further attempt."""
    for line in evidence.told("cancel", ACKNOWLEDGED):
        if line["status"] != "revoked":
            continue
        for begin in evidence.begins.get(line["of"], []):
            if begin["attempt"] > line["attempt"]:
                yield f"{line['of']} was cancelled, and attempt {begin['attempt']} began"
    for run in evidence.runs.values():
        if run["status"] == "revoked" and not run["attempt"] and run["id"] in evidence.begins:
            yield f"{run['id']} was cancelled before its first attempt, and ran"


def tries_are_bounded(evidence: Evidence) -> Iterator[str]:
    """C8: no more tries than the task allows, no more deaths than make a poison."""
    for run in evidence.runs.values():
        most = run["max_attempts"] or USUAL_TRIES
        if run["failed_tries"] > most:
            yield f"{run['id']} failed {run['failed_tries']} times of {most}"
        if run["worker_deaths"] > MOST_DEATHS:
            yield f"{run['id']} lost {run['worker_deaths']} workers"


def nothing_is_left(evidence: Evidence) -> Iterator[str]:
    """C9: no message, no open transaction, no lock, nobody who still runs."""
    for queue, count in evidence.leftovers.messages.items():
        if count:
            yield f"{count} messages are left in {queue}"
    if evidence.leftovers.open_transactions > FEW:
        yield f"{evidence.leftovers.open_transactions} transactions are open"
    if evidence.leftovers.waiting_locks:
        yield f"{evidence.leftovers.waiting_locks} locks are waited for"
    running = [run["id"] for run in evidence.runs.values() if run["status"] == "started"]
    if running:
        yield f"{len(running)} runs are started for ever, such as {running[0]}"


def unknown_is_one_of_both(evidence: Evidence) -> Iterator[str]:
    """C10: a request without an answer did its work once or not at all; a refused one did none."""
    rows = Counter(
        run["kwargs"].get("mark") for run in evidence.runs.values() if run["trigger"] == "api"
    )
    for mark, lines in grouped(evidence.told("submit"), "mark").items():
        count, outcomes = rows[mark], {line["outcome"] for line in lines}
        if count > 1:
            yield f"{mark} was submitted once and has {count} runs"
        if count and outcomes == {REFUSED}:
            yield f"{mark} was refused and has a run"
    children = Counter(
        run["parent_id"] for run in evidence.runs.values() if run["trigger"] == "rerun"
    )
    for parent, lines in grouped(evidence.told("rerun"), "of").items():
        heard = Counter(line["outcome"] for line in lines)
        most = heard[ACKNOWLEDGED] + heard[UNKNOWN]
        if not heard[ACKNOWLEDGED] <= children[parent] <= most:
            yield f"{parent} was run again {heard} times and has {children[parent]} such runs"


class Check(NamedTuple):
    """One promise, and what finds where it was broken."""

    code: str
    promise: str
    find: Callable[[Evidence], Iterator[str]]


CHECKS = [
    Check("C1", "what was acknowledged has a final row", nothing_is_lost),
    Check("C2", "no attempt begins twice", no_attempt_runs_twice),
    Check("C3", "attempts never overlap", attempts_never_overlap),
    Check("C4", "the winning attempt wrote the result", the_winner_wrote_the_result),
    Check("C5", "every tick has its one row", wrong_fires),
    Check("C6", "no final state is left", final_is_final),
    Check("C7", "what was cancelled waiting never starts", cancelled_never_starts),
    Check("C8", "tries are bounded", tries_are_bounded),
    Check("C9", "nothing is left behind", nothing_is_left),
    Check("C10", "an unknown request was done once or not", unknown_is_one_of_both),
]


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """What each check found, by its code."""
    return {check.code: list(check.find(evidence)) for check in CHECKS}
