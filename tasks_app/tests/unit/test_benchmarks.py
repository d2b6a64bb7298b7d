"""The arithmetic of the benchmarks: turns, medians, ratios, tables."""

import pytest

from benchmarks.cell import Failed
from benchmarks.report import Column, rounds_table
from benchmarks.rounds import Spread, in_turn, interleaved, ratio, spread
from benchmarks.runs.draining import Sample, figures


def test_each_round_begins_with_another_contender() -> None:
    turns = [in_turn(["ours", "bare", "stock"], number) for number in range(4)]

    assert turns == [
        ["ours", "bare", "stock"],
        ["bare", "stock", "ours"],
        ["stock", "ours", "bare"],
        ["ours", "bare", "stock"],
    ]


def test_contenders_take_turns_within_a_round() -> None:
    asked: list[str] = []

    def measure(name: str) -> dict[str, float]:
        asked.append(name)
        return {"rate": len(asked)}

    told = interleaved(["ours", "bare"], 2, measure)

    assert asked == ["ours", "bare", "bare", "ours"]
    assert told == {"ours": [{"rate": 1}, {"rate": 4}], "bare": [{"rate": 2}, {"rate": 3}]}


def test_a_measurement_that_fails_costs_its_round_only(capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter([{"rate": 5.0}, None, {"rate": 7.0}])

    def measure(name: str) -> dict[str, float]:
        answer = next(answers)
        if answer is None:
            raise Failed(name, "the worker did not start")
        return answer

    told = interleaved(["ours"], 3, measure)["ours"]

    assert spread(told, "rate") == Spread(6, 5, 7)
    assert "the worker did not start" in capsys.readouterr().err


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    ours = [{"rate": 10.0}, {"rate": 40.0}, {"rate": 90.0}]
    bare = [{"rate": 100.0}, {"rate": 50.0}, {"rate": 100.0}]

    # The medians alone would say 40 / 100.
    assert ratio(ours, bare, "rate") == Spread(0.8, 0.1, 0.9)


@pytest.mark.parametrize("missing", [{}, {"rate": 0.0}])
def test_a_round_without_its_anchor_has_no_ratio(missing: dict[str, float]) -> None:
    assert ratio([{"rate": 1.0}, {"rate": 3.0}], [missing, {"rate": 2.0}], "rate") == Spread(
        1.5, 1.5, 1.5
    )


def test_a_table_tells_the_spread_and_the_ratio_to_the_anchor() -> None:
    rounds = {"ours": [{"rate": 800.0}, {"rate": 1200.0}], "bare": [{"rate": 1000.0}] * 2}

    lines = rounds_table(
        rounds, [Column("a second", "rate"), Column("ratio", "rate", "bare")]
    ).splitlines()

    assert lines[0] == "|  | a second | ratio |"
    assert lines[2] == "| ours | 1,000 (800 to 1,200) | 1 (0.8 to 1.2) |"
    assert lines[3] == "| bare | 1,000 | 1 |"


def test_what_a_run_costs_is_what_happened_between_two_samples() -> None:
    first = Sample(10.0, 900, parent=1.0, children=2.0, database=0.0, broker=5.0)
    last = Sample(14.0, 100, parent=1.8, children=2.4, database=0.2, broker=5.0)

    told = figures(first, last)

    assert told == pytest.approx(
        {
            "rate": 200,
            "worker_cpu_us": 1500,
            "parent_cpu_us": 1000,
            "children_cpu_us": 500,
            "database_cpu_us": 250,
            "broker_cpu_us": 0,
        }
    )
