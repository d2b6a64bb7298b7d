"""How well the vectors answer what they were never trained on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tasks_app.jobs.embeddings.triples import Numbers
from tasks_app.jobs.embeddings.vectors import Matrix, Vectors

BLOCK = 100
HITS = 10


@dataclass(frozen=True)
class Score:
    """Rank 1 is best; guessing comes out at half of the entities. None where nothing was asked."""

    mean_rank: float | None
    hits_at_10: float | None


def score(
    vectors: Vectors, training: Numbers, held_out: Numbers, on_block: Callable[[], None]
) -> Score:
    """Ask for the tail of each held-out triple among all entities, given head and relation.

    Other tails that are true as well do not count as wrong answers (the "filtered" setting of
    Bordes et al., 2013). `hits_at_10` is the share of ranks up to 10. What `on_block` raises,
    called now and then, ends the work.
    """
    if not len(held_out):
        return Score(None, None)
    also_true = defaultdict(list)
    for head, relation, tail in np.concatenate([training, held_out]):
        also_true[head, relation].append(tail)
    ranks = []
    for start in range(0, len(held_out), BLOCK):
        on_block()
        block = held_out[start : start + BLOCK]
        for triple, nearness in zip(block, _nearness(vectors, block), strict=True):
            head, relation, tail = triple
            ranks.append(_rank(nearness, tail, also_true[head, relation]))
    return Score(round(float(np.mean(ranks)), 2), round(float(np.mean(np.array(ranks) <= HITS)), 4))


def _nearness(vectors: Vectors, triples: Numbers) -> Matrix:
    """For each triple and entity a number, the greater the nearer.

    `|q - e|² = |q|² - 2 q·e + |e|²`, and `|q|²` is the same for every entity: what is left, halved
    and negated, costs one product of matrices.
    """
    head, relation, _ = triples.T
    expected = vectors.entities[head] + vectors.relations[relation]
    nearness: Matrix = expected @ vectors.entities.T
    nearness -= np.square(vectors.entities).sum(axis=1) / 2
    return nearness


def _rank(nearness: Matrix, tail: int, also_true: list[int]) -> float:
    """1 and the number of nearer entities; equals share their places, so none is flattered."""
    own = nearness[tail]
    others = np.delete(nearness, also_true)
    return 1 + float((others > own).sum()) + float((others == own).sum()) / 2
