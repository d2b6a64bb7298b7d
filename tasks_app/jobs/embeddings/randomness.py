"""Chance that can be repeated: what is drawn depends on the seed and the purpose alone.

No generator lives from one epoch to the next. So a training that goes on from a checkpoint draws
what an unbroken one draws, and a checkpoint needs no more than the number of the epoch.
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    SPLIT = 0
    START = 1
    EPOCH = 2


def generator(seed: int, purpose: Purpose, number: int = 0) -> np.random.Generator:
    """`number` tells the epochs apart."""
    return np.random.default_rng([seed, purpose, number])
