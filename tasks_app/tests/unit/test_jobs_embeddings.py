"""generate_embedding from its arguments to its result."""

import json
from pathlib import Path

import numpy as np
import pytest

from tasks_app import registry
from tasks_app.jobs.embedding_tasks import generate_embedding
from tasks_app.jobs.embeddings.exceptions import (
    AlgorithmUnknown,
    OutputLeavesFolder,
    TripleMalformed,
    TriplesMissing,
    TriplesOutsideFolder,
    TriplesTooLarge,
)
from tasks_app.management.samples import write_samples
from tasks_app.runtime.exceptions import Cancelled
from tasks_app.tests.unit.training_job import TrainingJob

QUICK = {"embedding_dim": 16, "epochs": 6}


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture
def folders(settings, samples, tmp_path):
    settings.INPUT_DIR, settings.OUTPUT_DIR = samples, tmp_path / "output"
    return settings


@pytest.fixture
def job():
    return TrainingJob()


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def put(folder, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts").write_text("".join(f"{line}\n" for line in lines))


def test_the_result_has_the_documented_keys_and_tells_what_was_learnt(folders, job):
    result = job.run(generate_embedding, "task1", "path/to/data", QUICK)

    seconds, mean_rank = result.pop("processing_time"), result.pop("mean_rank")
    assert 0 < seconds < 60
    assert 1 <= mean_rank < 1142 / 4
    assert 0 < result.pop("hits_at_10") < 1
    assert result == {
        "task_id": "task1",
        "status": "completed",
        "message": "Embedding generation for path/to/data completed.",
        "embedding_dim": 16,
        "algorithm": "TransE",
        "dimensions": {"entities": [1142, 16], "relations": [8, 16]},
        "entities": 1142,
        "relations": 8,
        "triples": 3463,
        "held_out": 346,
        "epochs": 6,
        "epochs_of_earlier_attempts": 0,
        "final_loss": job.losses[-1],
        "output": "embeddings/task1.npz",
    }


def test_the_result_is_json(folders, job):
    result = job.run(generate_embedding, "task1", "path/to/other", QUICK)

    assert json.loads(json.dumps(result)) == result


def test_the_file_holds_every_name_with_its_vector(folders, job):
    result = job.run(generate_embedding, "task1", "path/to/data", QUICK)

    with np.load(folders.OUTPUT_DIR / result["output"], allow_pickle=False) as file:
        entities = dict(zip(file["entities"], file["entity_vectors"], strict=True))
        assert list(file["relations"])[:3] == [
            "belongs_to",
            "has_official_language",
            "is_written_in",
        ]
        assert file["relation_vectors"].shape == (8, 16)
    assert {"territory:JP", "currency:JPY", "language:ja", "script:Jpan"} <= entities.keys()
    assert np.linalg.norm(entities["territory:JP"]) == pytest.approx(1)
    assert files_in(folders.OUTPUT_DIR) == ["embeddings/task1.npz"]


def test_the_same_request_writes_the_same_bytes(folders):
    contents = set()
    for _ in range(2):
        result = TrainingJob().run(generate_embedding, "task1", "path/to/other", QUICK)
        contents.add((folders.OUTPUT_DIR / result["output"]).read_bytes())

    assert len(contents) == 1


def test_progress_and_loss_are_told_with_every_epoch(folders, job):
    job.run(generate_embedding, "task1", "path/to/other", QUICK)

    assert job.epochs == [1, 2, 3, 4, 5, 6]
    assert job.losses[-1] < job.losses[0]
    assert job.percents == sorted(set(job.percents))
    assert (job.percents[0], job.percents[-1]) == (0, 100)
    assert f"epoch 3 of 6, loss {job.losses[2]:.3f}" in [message for _, message, _ in job.reports]


def test_parameters_may_be_left_out(folders, job):
    result = job.run(generate_embedding, "task1", "path/to/other")

    assert (result["embedding_dim"], result["epochs"]) == (128, 50)


def test_triples_of_which_none_can_be_held_out_have_no_rank(folders, job, tmp_path):
    folders.INPUT_DIR = tmp_path / "input"
    put(folders.INPUT_DIR, "a\tr\tb")

    result = job.run(generate_embedding, "task1", "facts", {"embedding_dim": 1, "epochs": 1})

    assert (result["triples"], result["held_out"], result["mean_rank"]) == (1, 0, None)
    assert result["hits_at_10"] is None


def test_a_cancel_ends_the_run_within_its_epoch_and_leaves_no_file(folders):
    job = TrainingJob(cancelled_in=4)

    with pytest.raises(Cancelled):
        job.run(generate_embedding, "task1", "path/to/data", QUICK)

    assert job.epochs == [1, 2, 3]
    assert files_in(folders.OUTPUT_DIR) == []


def test_a_cancel_keeps_the_vectors_of_an_earlier_run(folders, job):
    result = job.run(generate_embedding, "task1", "path/to/other", QUICK)
    before = (folders.OUTPUT_DIR / result["output"]).read_bytes()

    with pytest.raises(Cancelled):
        TrainingJob(cancelled_in=2).run(generate_embedding, "task1", "path/to/data", QUICK)

    assert (folders.OUTPUT_DIR / result["output"]).read_bytes() == before


def test_tasks_with_other_ids_do_not_overwrite_each_other(folders):
    for task_id in ("a", "../a", "a/"):
        TrainingJob().run(generate_embedding, task_id, "path/to/other", QUICK)

    names = files_in(folders.OUTPUT_DIR)
    assert len(names) == 3
    assert {str(Path(name).parent) for name in names} == {"embeddings"}


@pytest.mark.parametrize(
    "input_data, parameters, refusal",
    [
        ("path/to/data", {"algorithm": "RotatE"}, AlgorithmUnknown),
        ("path/to/nothing", None, TriplesMissing),
        ("../secret", None, TriplesOutsideFolder),
        ("welcome.md", None, TripleMalformed),
    ],
)
def test_a_refusal_reaches_the_caller_and_writes_nothing(
    folders, job, input_data, parameters, refusal
):
    with pytest.raises(refusal):
        job.run(generate_embedding, "task1", input_data, parameters)

    assert not folders.OUTPUT_DIR.exists()


def test_vectors_that_would_not_fit_are_refused_before_training(folders, job, monkeypatch):
    monkeypatch.setattr("tasks_app.jobs.embeddings.vectors.MOST_NUMBERS", 1142 * 16)

    with pytest.raises(TriplesTooLarge, match="1150 vectors of 16 dimensions"):
        job.run(generate_embedding, "task1", "path/to/data", QUICK)

    assert job.epochs == []
    assert not folders.OUTPUT_DIR.exists()


def test_a_link_in_the_output_folder_is_not_followed_out(folders, job, tmp_path):
    folders.OUTPUT_DIR.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folders.OUTPUT_DIR / "embeddings").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OutputLeavesFolder):
        job.run(generate_embedding, "task1", "path/to/data", QUICK)

    assert files_in(tmp_path / "elsewhere") == []


def test_the_name_in_the_first_document_means_this_job():
    assert registry.find("tasks.generate_embedding").name == generate_embedding.name
