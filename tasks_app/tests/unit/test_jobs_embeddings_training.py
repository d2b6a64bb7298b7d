"""TransE learns what is there to be learnt, and nothing where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from tasks_app.jobs.embeddings import vectors as bounds
from tasks_app.jobs.embeddings.exceptions import TriplesTooLarge
from tasks_app.jobs.embeddings.options import Options
from tasks_app.jobs.embeddings.scoring import score
from tasks_app.jobs.embeddings.splitting import hold_out
from tasks_app.jobs.embeddings.training import train_epoch
from tasks_app.jobs.embeddings.triples import Triples, read_triples
from tasks_app.jobs.embeddings.vectors import Vectors, first_vectors, lengths
from tasks_app.management.samples.writing import SHIPPED

SMALL = Options(embedding_dim=48, epochs=40)


def of_numbers(rows):
    """Triples with as many names as their numbers need."""
    numbers = np.array(rows, dtype=np.int64)
    entities = tuple(f"e{number}" for number in range(numbers[:, [0, 2]].max() + 1))
    relations = tuple(f"r{number}" for number in range(numbers[:, 1].max() + 1))
    return Triples(entities, relations, numbers)


@pytest.fixture(scope="module")
def real():
    return read_triples(SHIPPED / "path" / "to" / "data")


def with_shuffled_tails(triples):
    numbers = triples.numbers.copy()
    numbers[:, 2] = np.random.default_rng(7).permutation(numbers[:, 2])
    return replace(triples, numbers=np.unique(numbers, axis=0))


def no_one_asks():
    pass


def trained(triples, options=SMALL):
    """The vectors, the loss of each epoch, and the two parts of the triples."""
    training, held_out = hold_out(triples, options.seed)
    vectors = first_vectors(triples, options.embedding_dim, options.seed)
    losses = [
        train_epoch(vectors, training, options, epoch, no_one_asks)
        for epoch in range(1, options.epochs + 1)
    ]
    return vectors, losses, training, held_out


def relative_rank(triples):
    """The mean rank of held-out triples, where 1 is the number of entities."""
    vectors, _, training, held_out = trained(triples)
    return score(vectors, training, held_out, no_one_asks).mean_rank / len(triples.entities)


def test_real_triples_are_learnt(real):
    assert relative_rank(real) < 0.05


def test_shuffled_tails_come_out_near_random(real):
    """Half of the entities is guessing: no frequency or kind of entity passes for knowledge."""
    assert 0.4 < relative_rank(with_shuffled_tails(real)) < 0.6


def test_vectors_that_were_never_trained_come_out_near_random(real):
    training, held_out = hold_out(real, 0)
    vectors = first_vectors(real, 48, 0)

    guessed = score(vectors, training, held_out, no_one_asks)

    assert 0.4 < guessed.mean_rank / len(real.entities) < 0.6
    assert guessed.hits_at_10 < 0.05


def test_the_second_sample_is_learnt_too():
    assert relative_rank(read_triples(SHIPPED / "path" / "to" / "other")) < 0.15


def test_the_loss_falls_and_entities_keep_length_one(real):
    vectors, losses, _, _ = trained(real)

    assert losses[-1] < losses[10] < losses[0] / 2
    assert lengths(vectors.entities) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(vectors.relations).all()


def test_the_same_seed_gives_the_same_bits_and_another_gives_others(real):
    options = replace(SMALL, epochs=2)

    first, second = (trained(real, options)[0] for _ in range(2))
    other = trained(real, replace(options, seed=1))[0]

    assert first.entities.tobytes() == second.entities.tobytes()
    assert first.relations.tobytes() == second.relations.tobytes()
    assert first.entities.tobytes() != other.entities.tobytes()


def test_what_interrupts_ends_an_epoch_in_its_middle(real):
    calls = []

    def interrupt():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_epoch(first_vectors(real, 8, 0), real.numbers, SMALL, 1, interrupt)
    assert len(calls) == 3


def test_a_true_triple_that_is_nearer_by_the_margin_moves_nothing():
    triples = of_numbers([(0, 0, 1), (1, 1, 0)])
    east = np.array([[1, 0], [0, 1]], dtype=np.float32)
    vectors = Vectors(east.copy(), np.array([[-1, 1], [1, -1]], dtype=np.float32))

    train_epoch(vectors, triples.numbers, replace(SMALL, margin=0.5), 1, no_one_asks)

    assert vectors.entities.tolist() == east.tolist()


def test_a_step_brings_a_true_triple_nearer_than_before():
    triples = of_numbers([(number, 0, number + 1) for number in range(40)])
    vectors = first_vectors(triples, 16, 0)

    def distance():
        head, relation, tail = triples.numbers.T
        ways = vectors.entities[head] + vectors.relations[relation] - vectors.entities[tail]
        return lengths(ways).mean()

    before = distance()
    train_epoch(vectors, triples.numbers, SMALL, 1, no_one_asks)
    assert distance() < before


def test_too_many_numbers_are_refused_with_both_factors(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_NUMBERS", 29)

    with pytest.raises(TriplesTooLarge, match=r"30 numbers \(3 vectors of 10 dimensions\)"):
        first_vectors(of_numbers([(0, 0, 1)]), 10, 0)


def test_about_a_tenth_is_held_out_and_everything_in_it_was_trained(real):
    training, held_out = hold_out(real, 0)

    assert len(held_out) == len(real.numbers) // 10
    assert len(training) + len(held_out) == len(real.numbers)
    assert not {tuple(row) for row in training} & {tuple(row) for row in held_out}
    assert set(held_out[:, [0, 2]].flat) <= set(training[:, [0, 2]].flat)
    assert set(held_out[:, 1]) <= set(training[:, 1])


def test_what_occurs_once_is_never_held_out():
    star = of_numbers([(0, 0, number) for number in range(1, 60)])

    training, held_out = hold_out(star, 0)

    assert (len(training), len(held_out)) == (59, 0)


def test_the_held_out_triples_depend_on_the_seed_alone(real):
    one, same, other = (hold_out(real, seed)[1].tolist() for seed in (3, 3, 4))

    assert one == same
    assert one != other


def test_at_most_a_thousand_are_held_out():
    pairs = [(head, 0, tail) for head in range(110) for tail in range(110) if head != tail]

    assert len(hold_out(of_numbers(pairs), 0)[1]) == 1000


def on_a_line(*places):
    """Entities at these places of one axis, and a relation that leads one to the right."""
    entities = np.array([[place, 0] for place in places], dtype=np.float32)
    return Vectors(entities, np.array([[1, 0]], dtype=np.float32))


NOTHING = np.empty((0, 3), dtype=np.int64)


@pytest.mark.parametrize("tail, rank", [(1, 1), (2, 2), (3, 3)])
def test_the_rank_counts_the_entities_that_are_nearer(tail, rank):
    scored = score(on_a_line(0, 1, 1.5, 1.8), NOTHING, np.array([(0, 0, tail)]), no_one_asks)

    assert (scored.mean_rank, scored.hits_at_10) == (rank, 1)


def test_other_true_tails_are_no_wrong_answers():
    known = np.array([(0, 0, 1), (0, 0, 2)])

    assert score(on_a_line(0, 1, 2, 3), known, np.array([(0, 0, 3)]), no_one_asks).mean_rank == 2


def test_equals_share_their_places():
    """Vectors that are all the same know nothing, and must not seem to know all."""
    same = on_a_line(*[0.5] * 21)

    assert score(same, NOTHING, np.array([(0, 0, 3)]), no_one_asks).mean_rank == 11


def test_hits_are_the_share_of_ranks_up_to_ten():
    asked = np.array([(0, 0, tail) for tail in (9, 10, 11, 12)])
    places = [0, *(1 + number / 10 for number in range(20))]

    # Each other asked tail is true as well, so it is passed over.
    assert score(on_a_line(*places), NOTHING, asked, no_one_asks).hits_at_10 == 1
    for tail, hit in ((9, 1), (10, 1), (11, 0)):
        alone = np.array([(0, 0, tail)])
        assert score(on_a_line(*places), NOTHING, alone, no_one_asks).hits_at_10 == hit


def test_nothing_held_out_has_no_rank():
    scored = score(on_a_line(0, 1), np.array([(0, 0, 1)]), NOTHING, no_one_asks)

    assert (scored.mean_rank, scored.hits_at_10) == (None, None)
