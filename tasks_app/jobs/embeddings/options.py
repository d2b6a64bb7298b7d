"""What a caller may ask for, each parameter with its default and its range."""

import math
from dataclasses import dataclass, fields
from typing import Any

from tasks_app.jobs.embeddings.exceptions import (
    AlgorithmUnknown,
    ParameterOutOfRange,
    ParametersNotAnObject,
    ParameterUnknown,
)

TRANSE = "TransE"
WHOLE_NUMBERS = {
    "embedding_dim": (1, 4096),
    "epochs": (1, 10_000),
    "seed": (0, 2**63 - 1),
}
# Greater than 0, up to this.
POSITIVE_NUMBERS = {"learning_rate": 10, "margin": 100}


@dataclass(frozen=True)
class Options:
    """`learning_rate` and `margin` are distances; an entity's vector has length 1."""

    embedding_dim: int = 128
    algorithm: str = TRANSE
    epochs: int = 50
    learning_rate: float = 0.1
    margin: float = 1.0
    seed: int = 0


def read_options(given: Any = None) -> Options:
    """The parameters of a call; what is left out or null has its default.

    Raises ParametersNotAnObject, ParameterUnknown, ParameterOutOfRange or AlgorithmUnknown.
    """
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise ParametersNotAnObject.about(given)
    known = [field.name for field in fields(Options)]
    for name in given:
        if name not in known:
            raise ParameterUnknown.about(name, known)
    said = {name: value for name, value in given.items() if value is not None}
    return Options(**{name: _checked(name, value) for name, value in said.items()})


def _checked(name: str, value: Any) -> Any:
    if name == "algorithm":
        return _algorithm(value)
    if name in WHOLE_NUMBERS:
        return _whole(name, value, *WHOLE_NUMBERS[name])
    return _positive(name, value, POSITIVE_NUMBERS[name])


def _algorithm(value: Any) -> str:
    if not isinstance(value, str) or value.lower() != TRANSE.lower():
        raise AlgorithmUnknown.about(value, TRANSE)
    return TRANSE


def _whole(name: str, value: Any, least: int, most: int) -> int:
    # A bool is an int to Python and no number to anybody else.
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ParameterOutOfRange.about(name, value, f"a whole number from {least} to {most}")
    return value


def _positive(name: str, value: Any, most: int) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 < value <= most:
        raise ParameterOutOfRange.about(name, value, f"a number above 0, at most {most}")
    return float(value)
