"""Figures as a page of Markdown."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.rounds import Rounds, Spread, ratio, spread


class Column(NamedTuple):
    """One column of a table of rounds: a figure, or with an anchor its ratio to that contender."""

    words: str
    key: str
    anchor: str = ""


def rounds_table(rounds: Rounds, columns: Sequence[Column]) -> str:
    """A line for each contender: medians, each with its lowest and highest round."""
    rows = [["", *(column.words for column in columns)]]
    for name, figures in rounds.items():
        rows.append([name, *(_told(column, rounds, figures) for column in columns)])
    return markdown(rows)


def _told(column: Column, rounds: Rounds, figures: Sequence[dict[str, float]]) -> str:
    if not column.anchor:
        return _spread(spread(figures, column.key))
    anchor = rounds.get(column.anchor, [])
    if figures is anchor:
        return "1"
    return _spread(ratio(figures, anchor, column.key)) if anchor else ""


def _spread(told: Spread | None) -> str:
    if told is None:
        return "—"
    if told.low == told.high:
        return figure(told.median)
    return f"{figure(told.median)} ({figure(told.low)} to {figure(told.high)})"


def how_told(rounds: int) -> str:
    """What the figures of a table of rounds are, as a sentence above it."""
    return (
        f"Medians of {rounds} rounds (lowest to highest). All are measured in each round, each "
        "round begins with another one, and a ratio is the median of the rounds' own ratios."
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row are the titles; all columns but the first are numbers."""
    head, *body = rows
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: Any) -> str:
    """Three digits that count; thousands whole."""
    if value is None:
        return "—"
    if abs(value) >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.3g}"


def head(machine: Mapping[str, str]) -> str:
    """What the figures depend on."""
    return "\n".join(f"- {name}: {value}" for name, value in machine.items())


def say(text: str) -> None:
    """On the standard output, at once: hours may pass before the next table."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
