"""The vectors of entities and relations: where they begin, and their file."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tasks_app.jobs.embeddings.exceptions import TriplesTooLarge
from tasks_app.jobs.embeddings.randomness import Purpose, generator
from tasks_app.jobs.embeddings.triples import Triples

# 200 MB: training needs about this much again.
MOST_NUMBERS = 50_000_000
SMALLEST_LENGTH = np.float32(1e-9)

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """One row each, in the order of the names; training changes them in place."""

    entities: Matrix
    relations: Matrix


def first_vectors(triples: Triples, dimensions: int, seed: int) -> Vectors:
    """Random directions of length 1, as Bordes et al. (2013) begin. Raises TriplesTooLarge."""
    rows = len(triples.entities) + len(triples.relations)
    if rows * dimensions > MOST_NUMBERS:
        what = f"numbers ({rows} vectors of {dimensions} dimensions)"
        raise TriplesTooLarge.about(what, rows * dimensions, MOST_NUMBERS)
    chance = generator(seed, Purpose.START)
    drawn = chance.uniform(-1, 1, (rows, dimensions)).astype(np.float32)
    entities, relations = np.split(directions(drawn, lengths(drawn)), [len(triples.entities)])
    return Vectors(entities, relations)


def lengths(rows: Matrix) -> Matrix:
    """The Euclidean length of each row."""
    # Not by a BLAS routine: its order of adding, and so its rounding, may depend on threads.
    found: Matrix = np.sqrt(np.square(rows).sum(axis=1))
    return found


def directions(rows: Matrix, known_lengths: Matrix) -> Matrix:
    """Each row divided by its length; a row of zeros stays."""
    divisors: Matrix = np.maximum(known_lengths, SMALLEST_LENGTH)
    return rows / divisors[:, None]


def write_vectors(stream: BinaryIO, vectors: Vectors, triples: Triples) -> None:
    """NumPy's `.npz`: `entities` and `relations` are names, `*_vectors` their rows.

    Text would be four times as large, slow to write, and would round unless read with care;
    this opens with one `numpy.load` and holds every bit.
    """
    np.savez(
        stream,
        entities=np.array(triples.entities),
        entity_vectors=vectors.entities,
        relations=np.array(triples.relations),
        relation_vectors=vectors.relations,
    )


def write_unnamed(stream: BinaryIO, vectors: Vectors) -> None:
    """The rows alone, for `read_unnamed`."""
    np.savez(stream, entity_vectors=vectors.entities, relation_vectors=vectors.relations)


def read_unnamed(path: Path) -> Vectors:
    """What `write_unnamed` wrote, bit by bit."""
    with np.load(path, allow_pickle=False) as file:
        return Vectors(file["entity_vectors"], file["relation_vectors"])
