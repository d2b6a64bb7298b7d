"""The figures tell what happened, and the report what was broken."""

import json
from dataclasses import replace
from typing import Any

from tasks_app.tests.faults.figures import figures_of, spread
from tasks_app.tests.faults.forged import (
    ONE,
    a_body,
    a_request,
    a_run,
    a_tick,
    a_trial,
    second,
)
from tasks_app.tests.faults.rescues import Rescue, rescues_of
from tasks_app.tests.faults.trial import Trial, judge

KILLED_AT = second(2).timestamp()


def a_fault(number: int = 0, **facts: Any) -> dict:
    told = {"name": "kill a worker", "subjects": ["worker-0"], "struck_at": KILLED_AT}
    return {"what": "fault", "number": number, **told, **facts}


def killed(*more: dict, **facts: Any) -> list[Rescue]:
    """What is told of a run whose process 7 was killed a second after it began."""
    begin = a_body(pid=7, at=second(1).timestamp())[:1]
    faults = [a_fault(dead=[6, 7], **facts), *more]
    return rescues_of(a_trial(effects=begin, faults=faults))


def test_a_rescue_counts_from_the_kill():
    assert killed() == [Rescue(2.0, of_child=False, is_alone=True)]
    assert killed(member="worker-0") == [Rescue(2.0, of_child=True, is_alone=True)]


def test_a_process_that_was_at_no_body_was_not_rescued():
    began_later = a_body(pid=7, at=second(3).timestamp())

    assert rescues_of(a_trial(effects=began_later, faults=[a_fault(dead=[7])])) == []
    assert rescues_of(a_trial(tries=[], effects=a_body(pid=7), faults=[a_fault(dead=[7])])) == []


def test_a_rescue_while_those_who_decide_are_hurt_is_told_apart():
    frozen = a_fault(1, name="freeze a beat", subjects=["beat-0"])
    healed = {"what": "healed", "number": 1, "at": KILLED_AT + 60}

    assert not killed(frozen, healed)[0].is_alone
    long_ago = {**frozen, "struck_at": 0.0}, {**healed, "at": 1.0}
    assert killed(*long_ago)[0].is_alone


def test_figures_are_of_the_evidence():
    asked = [a_request(), a_request(outcome="unknown"), *a_trial().clients[1:]]
    figures = figures_of(a_trial(clients=asked, faults=[a_fault()]))

    assert figures.faults == {"kill a worker": 1}
    assert (figures.availability, figures.runs, figures.attempts) == (0.5, 5, 6)
    assert (figures.fires_expected, figures.fires, figures.publications) == (4, 4, 1.0)


def test_ticks_of_a_schedule_that_was_taken_away_are_expected_until_then():
    asked = {"asked_at": second(1.5).timestamp(), "answered_at": second(1.6).timestamp()}
    away = a_request("disable", key="each-second") | asked

    assert figures_of(a_trial(clients=[*a_trial().clients, away])).fires_expected == 2


def test_ticks_are_late_by_when_their_row_was_made():
    tick = a_tick(1, created_at=second(1.5))
    skipped = a_tick(2, status="skipped", created_at=second(60))

    assert figures_of(a_trial(runs=[tick, skipped])).lateness == spread([0.5])


def test_bodies_that_still_act_when_their_successor_begins_are_counted():
    begin, end = a_body(ONE, 1, at=5.0)
    overlapping = [begin, {**end, "at": 9.0}, *a_body(ONE, 2, at=8.0)]

    assert figures_of(a_trial(effects=overlapping)).overlaps == 1


def test_a_spread_is_of_values_that_occurred():
    told = spread([float(number) for number in range(1, 101)])

    assert (told.n, told.p50, told.p95, told.p99, told.longest) == (100, 50, 95, 99, 100)
    assert spread([]).longest is None


def test_a_report_says_what_was_broken_and_what_was_not(tmp_path):
    clean = judge(Trial(seed=9), a_trial(), drained=1.0)
    assert clean.is_clean
    assert "| C1 | what was acknowledged has a final row | 5 | 0 | 60.00% |" in clean.markdown()

    broken = judge(Trial(), a_trial(runs=[a_run(status="started")]), drained=None)

    assert not broken.is_clean
    assert f"{ONE} is started" in broken.markdown()
    assert "| drained after | never |" in broken.markdown()
    broken.write(tmp_path / "report")
    assert json.loads((tmp_path / "report.json").read_text())["violations"]["C1"]


def test_only_some_sentences_of_many_are_shown():
    report = judge(Trial(), a_trial(), drained=1.0)
    many = replace(report, violations={**report.violations, "C2": ["again"] * 25})

    assert many.markdown().count("- again") == 10
    assert "- and 15 more" in many.markdown()
