"""From a triples file to a file of vectors and a score, in steps that an attempt can go on from."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks_app.jobs.embeddings.options import Options
from tasks_app.jobs.embeddings.saving import Saved, Saves, remove_forgotten, work_folder
from tasks_app.jobs.embeddings.scoring import score
from tasks_app.jobs.embeddings.splitting import hold_out
from tasks_app.jobs.embeddings.training import train_epoch
from tasks_app.jobs.embeddings.triples import Numbers, Triples, read_triples
from tasks_app.jobs.embeddings.vectors import Vectors, first_vectors, write_vectors
from tasks_app.jobs.whole_files import written_whole

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

TRAINED_PERCENT, ASKING_PERCENT, WRITING_PERCENT = 96, 97, 99


def generate(job: "Job", source: Path, target: Path, options: Options) -> dict[str, Any]:
    """Train on the triples of `source`, write `target` whole, and answer counts and scores.

    Work files lie in a folder beside `target` while the execution lives. Raises what reading
    raises, TriplesTooLarge, and what `job` raises to stop.
    """
    job.update_progress(0, "reading triples")
    triples = read_triples(source)
    training, held_out = hold_out(triples, options.seed)
    work = work_folder(target.parent, job.execution_id)
    remove_forgotten(target.parent)
    saves = Saves(job, work, _subject(triples, options))
    with saves.kept_only_for_another_attempt():
        begun = saves.latest() or _beginning(triples, options)
        done = _train(job, saves, begun, training, options)
        job.update_progress(ASKING_PERCENT, f"asking for {len(held_out)} held-out triples")
        scored = score(done.vectors, training, held_out, job.raise_if_cancelled)
        job.update_progress(WRITING_PERCENT, "writing the vectors")
        job.raise_if_cancelled()
        _write(work / "vectors.npz", target, done.vectors, triples)
    return {
        "algorithm": options.algorithm,
        **_counts(triples, done.vectors),
        "held_out": len(held_out),
        "epochs": done.epoch,
        "epochs_of_earlier_attempts": begun.epoch,
        "final_loss": round(done.loss, 6),
        "mean_rank": scored.mean_rank,
        "hits_at_10": scored.hits_at_10,
    }


def _subject(triples: Triples, options: Options) -> str:
    """A digest of everything that decides the vectors."""
    facts = [asdict(options), triples.entities, triples.relations, triples.numbers.tolist()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _beginning(triples: Triples, options: Options) -> Saved:
    return Saved(0, 0.0, first_vectors(triples, options.embedding_dim, options.seed))


def _train(job: "Job", saves: Saves, begun: Saved, training: Numbers, options: Options) -> Saved:
    done = begun
    for epoch in range(begun.epoch + 1, options.epochs + 1):
        loss = train_epoch(begun.vectors, training, options, epoch, job.raise_if_cancelled)
        done = Saved(epoch, loss, begun.vectors)
        percent = TRAINED_PERCENT * epoch / options.epochs
        sentence = f"epoch {epoch} of {options.epochs}, loss {loss:.3f}"
        job.update_progress(percent, sentence, epoch=epoch, loss=round(loss, 6))
        saves.save_now_and_then(done)
    return done


def _write(part: Path, target: Path, vectors: Vectors, triples: Triples) -> None:
    """In the work folder first: a worker killed on the way leaves no part of a file elsewhere."""
    with written_whole(part) as stream:
        write_vectors(stream, vectors, triples)
    part.replace(target)


def _counts(triples: Triples, vectors: Vectors) -> dict[str, Any]:
    """How much there is of everything; `dimensions` are the shapes of the two matrices."""
    return {
        "dimensions": {
            "entities": list(vectors.entities.shape),
            "relations": list(vectors.relations.shape),
        },
        "entities": len(triples.entities),
        "relations": len(triples.relations),
        "triples": len(triples.numbers),
    }
