"""Reading a triples file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tasks_app.jobs.embeddings.exceptions import (
    TripleMalformed,
    TriplesNotText,
    TriplesTooFew,
    TriplesTooLarge,
)

# What one worker trains in its memory in reasonable time.
LARGEST_BYTES = 50 * 2**20
MOST_TRIPLES = 500_000
MOST_NAMES = 100_000
LONGEST_NAME = 255
# One alone is told apart from nothing.
FEWEST_ENTITIES = 2

# Rows of head, relation and tail, each the number of its name.
Numbers = npt.NDArray[np.int64]
PARTS = HEAD, RELATION, TAIL = range(3)


@dataclass(frozen=True)
class Triples:
    """`numbers` has the shape (triples, 3); names are in alphabetical order, each triple once."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    numbers: Numbers


def read_triples(path: Path) -> Triples:
    """The triples of a UTF-8 file, one `head<TAB>relation<TAB>tail` a line.

    Empty lines and lines that begin with `#` are passed over; a triple that comes twice counts
    once; blanks around a name are no part of it. The order of the lines means nothing.
    Raises TriplesTooLarge, TriplesNotText, TripleMalformed (by line number) or TriplesTooFew.
    """
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise TriplesTooLarge.about("bytes", size, LARGEST_BYTES)
    named = sorted(set(_named_triples(path)))
    entities = sorted({name for head, _, tail in named for name in (head, tail)})
    relations = sorted({relation for _, relation, _ in named})
    _check_counts(len(named), len(entities), len(relations))
    entity_number = {name: number for number, name in enumerate(entities)}
    relation_number = {name: number for number, name in enumerate(relations)}
    numbers = [
        (entity_number[head], relation_number[relation], entity_number[tail])
        for head, relation, tail in named
    ]
    return Triples(tuple(entities), tuple(relations), np.array(numbers, dtype=np.int64))


def _check_counts(triples: int, entities: int, relations: int) -> None:
    if entities < FEWEST_ENTITIES:
        raise TriplesTooFew.about(entities)
    if triples > MOST_TRIPLES:
        raise TriplesTooLarge.about("triples", triples, MOST_TRIPLES)
    if entities + relations > MOST_NAMES:
        raise TriplesTooLarge.about("entities and relations", entities + relations, MOST_NAMES)


def _named_triples(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            line = _text(raw, number)
            if line.strip() and not line.startswith("#"):
                yield _triple(line, number)


def _text(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise TriplesNotText.about(number) from problem


def _triple(line: str, number: int) -> tuple[str, str, str]:
    names = [name.strip() for name in line.split("\t")]
    if len(names) != len(PARTS):
        raise TripleMalformed.about(number, f"it has {len(names)} parts instead of 3")
    head, relation, tail = names
    if not all(names):
        raise TripleMalformed.about(number, "one of its parts is empty")
    if max(map(len, names)) > LONGEST_NAME:
        raise TripleMalformed.about(number, f"a name is longer than {LONGEST_NAME} characters")
    if not all(map(str.isprintable, names)):
        raise TripleMalformed.about(number, "a name has characters that cannot be printed")
    return head, relation, tail
