"""Setting triples aside that training never sees, to ask for them afterwards."""

import numpy as np

from tasks_app.jobs.embeddings.randomness import Purpose, generator
from tasks_app.jobs.embeddings.triples import HEAD, RELATION, TAIL, Numbers, Triples

SHARE = 0.1
# More would tell the mean no better, and each is compared with every entity.
MOST_HELD_OUT = 1000


def hold_out(triples: Triples, seed: int) -> tuple[Numbers, Numbers]:
    """The triples to train on and those held out, the same for the same seed.

    About a tenth is held out, as far as each of its entities and relations still occurs in
    training: of what was never trained nothing can be known.
    """
    numbers = triples.numbers
    wanted = min(int(len(numbers) * SHARE), MOST_HELD_OUT)
    of_entity = np.bincount(numbers[:, [HEAD, TAIL]].ravel(), minlength=len(triples.entities))
    of_relation = np.bincount(numbers[:, RELATION], minlength=len(triples.relations))
    is_held_out = np.zeros(len(numbers), dtype=bool)
    for place in generator(seed, Purpose.SPLIT).permutation(len(numbers)):
        if not wanted:
            break
        head, relation, tail = numbers[place]
        # One that leads to itself would take two of its entity's occurrences at once.
        if head != tail and min(of_entity[head], of_entity[tail], of_relation[relation]) > 1:
            of_entity[[head, tail]] -= 1
            of_relation[relation] -= 1
            is_held_out[place] = True
            wanted -= 1
    return numbers[~is_held_out], numbers[is_held_out]
