"""Trouble: what is wrong, and what to do."""

from typing import NamedTuple


class Trouble(NamedTuple):
    """A sentence that stays the same as long as the trouble does, and advice."""

    sentence: str
    advice: str


# By subject: the name of a worker, a beat or a queue; "" where there is but one.
Troubles = dict[str, Trouble]
