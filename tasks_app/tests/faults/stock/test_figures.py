"""Both sides are asked the same questions."""

from dataclasses import replace

from tasks_app.tests.faults.forged import ONE, TWO, a_body, a_request, a_trial
from tasks_app.tests.faults.stock.figures import Comparison, of_belfry, of_stock, side_by_side
from tasks_app.tests.faults.trial import Trial, judge

NOTHING: list = []


def test_what_was_acknowledged_and_never_ended_is_lost():
    asked = [a_request(), a_request(execution=TWO)]
    evidence = a_trial(clients=asked, effects=[*a_body(), a_body(TWO)[0]])

    told = of_stock(evidence, NOTHING, {})

    assert (told.acknowledged, told.lost, told.twice) == (2, 1, 0)


def test_effects_that_came_twice_are_counted():
    evidence = a_trial(clients=[a_request()], effects=[*a_body(), *a_body()])

    assert of_stock(evidence, NOTHING, {}).twice == 1


def test_fires_are_counted_by_schedule_with_one_to_spare():
    fired = [a_body(str(number), mark="each-second")[0] for number in range(10)]
    evidence = a_trial(effects=fired)

    fires = {count: of_stock(evidence, NOTHING, {"each-second": count}) for count in (8, 9, 11, 12)}

    assert [(f.fires_missing, f.fires_too_many) for f in fires.values()] == [
        (0, 1),
        (0, 0),
        (0, 0),
        (1, 0),
    ]


def test_rows_that_wait_for_ever_are_counted():
    rows = [{"status": status} for status in ("SUCCESS", "STARTED", "RETRY", "FAILURE")]

    assert of_stock(a_trial(), rows, {}).started_for_ever == 2


def test_our_side_is_told_from_the_checks():
    report = judge(Trial(), a_trial(), drained=1.0)
    none = of_belfry(report)
    broken = {**report.violations, "C1": ["one"], "C5": ["each-second has no row for 12:00:03"]}

    some = of_belfry(replace(report, violations=broken))

    assert (none.lost, none.fires_missing, none.fires_too_many) == (0, 0, 0)
    assert (some.lost, some.fires_missing, some.fires_too_many) == (1, 1, 0)


def test_the_table_names_both():
    ours, theirs = Comparison(9, 1000, 0, 0, 50, 0, 0, 0), Comparison(9, 1001, 7, 0, 50, 3, 0, 2)

    table = side_by_side(ours, theirs)

    assert "| submissions that were acknowledged | 1,000 | 1,001 |" in table
    assert ONE not in table
