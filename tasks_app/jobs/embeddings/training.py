"""TransE: a relation is a way to go, from the head of a triple to its tail.

Bordes, Usunier, Garcia-Duran, Weston and Yakhnenko: Translating Embeddings for Modeling
Multi-relational Data, NIPS 2013. The distance of a triple is `|head + relation - tail|` (L2).
Training asks that a true triple be nearer than a wrong one by the margin.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tasks_app.jobs.embeddings.options import Options
from tasks_app.jobs.embeddings.randomness import Purpose, generator
from tasks_app.jobs.embeddings.triples import HEAD, RELATION, TAIL, Numbers
from tasks_app.jobs.embeddings.vectors import Matrix, Vectors, directions, lengths

BATCH = 256


def train_epoch(
    vectors: Vectors,
    training: Numbers,
    options: Options,
    epoch: int,
    on_batch: Callable[[], None],
) -> float:
    """Show every triple once, beside a wrong one; answers the mean loss.

    Changes `vectors` in place; the same vectors and epoch give the same bits. What `on_batch`
    raises, called before each batch, ends the epoch in its middle.
    """
    chance = generator(options.seed, Purpose.EPOCH, epoch)
    shuffled = chance.permutation(training)
    loss = 0.0
    for start in range(0, len(shuffled), BATCH):
        on_batch()
        true = shuffled[start : start + BATCH]
        wrong = _corrupted(true, training, chance)
        loss += _learn(vectors, true, wrong, options)
    return loss / len(training)


def _corrupted(true: Numbers, training: Numbers, chance: np.random.Generator) -> Numbers:
    """Each triple with its head or its tail replaced by that of another triple.

    The replacement is drawn as often as it occurs there, and not evenly from all entities:
    evenly, a model learns which entities are frequent, and seems to know facts that it does not.
    Lerer et al. (PyTorch-BigGraph, 2019) draw half of their replacements so.
    """
    others = training[chance.integers(len(training), size=len(true))]
    place = chance.choice([HEAD, TAIL], size=len(true))
    rows = np.arange(len(true))
    wrong = true.copy()
    wrong[rows, place] = others[rows, place]
    return wrong


def _learn(vectors: Vectors, true: Numbers, wrong: Numbers, options: Options) -> float:
    """One step down the margin ranking loss; answers the sum of the losses before it."""
    true_way, true_distance = _ways(vectors, true)
    wrong_way, wrong_distance = _ways(vectors, wrong)
    losses = np.float32(options.margin) + true_distance - wrong_distance
    lossy = losses > 0
    if not lossy.any():
        return 0.0
    step = np.float32(options.learning_rate)
    # The gradient of a distance is its direction.
    pull = directions(true_way[lossy], true_distance[lossy]) * step
    push = directions(wrong_way[lossy], wrong_distance[lossy]) * step
    true, wrong = true[lossy], wrong[lossy]
    moved = np.concatenate([true[:, HEAD], true[:, TAIL], wrong[:, HEAD], wrong[:, TAIL]])
    rows, moves = _mean_moves(moved, np.concatenate([-pull, pull, push, -push]))
    moved_to = vectors.entities[rows] + moves
    vectors.entities[rows] = directions(moved_to, lengths(moved_to))
    rows, moves = _mean_moves(true[:, RELATION], push - pull)
    vectors.relations[rows] += moves
    return float(losses[lossy].sum(dtype=np.float64))


def _ways(vectors: Vectors, triples: Numbers) -> tuple[Matrix, Matrix]:
    """From each tail to where its head and relation lead, and how long that is."""
    head, relation, tail = triples.T
    way = vectors.entities[head] + vectors.relations[relation] - vectors.entities[tail]
    return way, lengths(way)


def _mean_moves(rows: npt.NDArray[np.int64], moves: Matrix) -> tuple[Numbers, Matrix]:
    """Each row once, with the mean of what its triples in the batch ask of it.

    A sum would let a relation of a hundred triples leap a hundred steps at once.
    """
    order = np.argsort(rows, kind="stable")
    unique, starts, counts = np.unique(rows[order], return_index=True, return_counts=True)
    means: Matrix = np.add.reduceat(moves[order], starts, axis=0)
    means /= counts.astype(np.float32)[:, None]
    return unique, means
