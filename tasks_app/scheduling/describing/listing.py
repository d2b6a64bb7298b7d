"""Lists of numbers and names, short where that loses nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks_app.scheduling.describing.fields import Numbers

FEWEST_IN_A_ROW = 3
FEWEST_IN_STEP = 4


@dataclass(frozen=True)
class Listing:
    """How a language puts words side by side."""

    between: str
    last: str
    reach: str
    dots: str

    def words(self, words: Sequence[str], last: str | None = None) -> str:
        """`a, b and c`"""
        *rest, final = words
        return self.between.join(rest) + (last or self.last) + final if rest else final

    def numbers(self, numbers: Numbers) -> str:
        """`8 to 18`, `0 and 30`, or `0, 7, ..., 56` where the steps are the same."""
        steps = {second - first for first, second in pairwise(numbers)}
        if len(numbers) >= FEWEST_IN_STEP and len(steps) == 1 and steps != {1}:
            return self.between.join(map(str, (*numbers[:2], self.dots, numbers[-1])))
        return self.ranges(numbers, str)

    def ranges(self, numbers: Numbers, name: Callable[[int], str]) -> str:
        """`January to March and May`"""
        return self.words([word for row in _rows(numbers) for word in self._row(row, name)])

    def _row(self, row: list[int], name: Callable[[int], str]) -> list[str]:
        if len(row) < FEWEST_IN_A_ROW:
            return [name(number) for number in row]
        return [name(row[0]) + self.reach + name(row[-1])]


def _rows(numbers: Numbers) -> list[list[int]]:
    """The numbers in rows without a gap."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    return rows
