"""Contenders measured in turns, so that what else the machine does meets all of them alike."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.cell import Failed

Figures = dict[str, float]
# By contender: what each round told, in order. A cell that failed told nothing.
Rounds = Mapping[str, Sequence[Figures]]


class Spread(NamedTuple):
    """What one figure was over all rounds."""

    median: float
    low: float
    high: float


def interleaved(
    contenders: Sequence[str], rounds: int, measure: Callable[[str], Figures]
) -> dict[str, list[Figures]]:
    """Measure each contender once a round; each round begins with another one.

    `measure` takes the contender's name and returns its figures; where it raises Failed, that is
    told on the standard error and the round goes on.
    """
    told: dict[str, list[Figures]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in in_turn(contenders, number):
            told[name].append(_measured(f"round {number + 1} of {rounds}: {name}", name, measure))
    return told


def in_turn(contenders: Sequence[str], number: int) -> list[str]:
    """The order of that round: turned on by one from round to round."""
    first = number % len(contenders)
    return [*contenders[first:], *contenders[:first]]


def _measured(words: str, name: str, measure: Callable[[str], Figures]) -> Figures:
    began = time.monotonic()
    try:
        figures = measure(name)
    except Failed as failed:
        sys.stderr.write(f"{words}: {failed}\n")
        return {}
    took = time.monotonic() - began
    sys.stderr.write(f"{words} in {took:.0f} s: {json.dumps(figures)}\n")
    return figures


def spread(rounds: Sequence[Figures], key: str) -> Spread | None:
    """The median of a figure and its lowest and highest; None where no round has it."""
    return _spread([figures[key] for figures in rounds if key in figures])


def ratio(rounds: Sequence[Figures], anchor: Sequence[Figures], key: str) -> Spread | None:
    """The median of the rounds' own ratios to the anchor, for a round shares its weather.

    Not the ratio of the medians: those may come from rounds that differ.
    """
    pairs = zip(rounds, anchor, strict=True)
    return _spread([one[key] / base[key] for one, base in pairs if key in one and base.get(key)])


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(median(values), min(values), max(values)) if values else None
