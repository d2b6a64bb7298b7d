"""What an interrupted attempt leaves, and what the next one makes of it."""

import os
import time

import pytest

from tasks_app.jobs.embedding_tasks import generate_embedding
from tasks_app.jobs.embeddings import saving
from tasks_app.jobs.embeddings.exceptions import TriplesMissing
from tasks_app.runtime.exceptions import Cancelled
from tasks_app.tests.unit.training_job import Died, TrainingJob

QUICK = {"embedding_dim": 8, "epochs": 9, "seed": 5}
CHAIN = "".join(f"e{number}\tnext\te{number + 1}\n" for number in range(300))


@pytest.fixture
def folders(settings, tmp_path, monkeypatch):
    settings.INPUT_DIR, settings.OUTPUT_DIR = tmp_path / "input", tmp_path / "output"
    settings.INPUT_DIR.mkdir()
    (settings.INPUT_DIR / "chain").write_text(CHAIN)
    monkeypatch.setattr(saving, "SECONDS_BETWEEN", 0)
    return settings


def run(job, parameters=QUICK, task_id="task1"):
    return job.run(generate_embedding, task_id, "chain", parameters)


def died(after=5):
    """An attempt whose worker died when so many epochs were saved."""
    job = TrainingJob(dies_after=after)
    with pytest.raises(Died):
        run(job)
    return job


def work_of(folders):
    return sorted(folders.OUTPUT_DIR.glob("embeddings/.work-*/*"))


def content(folders, result):
    return (folders.OUTPUT_DIR / result["output"]).read_bytes()


@pytest.mark.parametrize("after", [1, 5, 9])
def test_the_next_attempt_goes_on_and_writes_what_an_unbroken_run_writes(folders, after):
    unbroken = TrainingJob()
    expected = run(unbroken, task_id="unbroken")

    again = died(after).next_attempt()
    result = run(again)

    assert result["epochs_of_earlier_attempts"] == after
    assert again.epochs == list(range(after + 1, 10))
    assert content(folders, result) == content(folders, expected)
    for same in ("epochs", "final_loss", "mean_rank", "hits_at_10", "held_out"):
        assert result[same] == expected[same]


def test_it_may_be_interrupted_more_than_once(folders):
    expected = run(TrainingJob(), task_id="unbroken")
    again = died(3).next_attempt()
    again.dies_after = 6
    with pytest.raises(Died):
        run(again)

    result = run(again.next_attempt())

    assert result["epochs_of_earlier_attempts"] == 6
    assert content(folders, result) == content(folders, expected)


def test_the_checkpoint_names_the_epoch_the_file_and_its_digest(folders):
    checkpoint = died(5).checkpoint

    assert checkpoint["epoch"] == 5
    assert checkpoint["file"] == "epoch-5.npz"
    assert checkpoint["file"] in [path.name for path in work_of(folders)]
    assert len(checkpoint["digest"]) == len(checkpoint["subject"]) == 64


def test_older_work_files_are_removed_only_after_the_checkpoint_left_them(folders):
    """The stand-in dies in the checkpoint: the file that an older one names must still be there."""
    died(5)

    assert [path.name for path in work_of(folders)] == ["epoch-4.npz", "epoch-5.npz"]


def test_no_work_file_outlives_the_run(folders):
    run(died(5).next_attempt())

    assert [path.name for path in (folders.OUTPUT_DIR / "embeddings").iterdir()] == ["task1.npz"]


def test_a_cancel_of_a_later_attempt_removes_the_work_of_all(folders):
    again = died(5).next_attempt()
    again.cancelled_in = 2

    with pytest.raises(Cancelled):
        run(again)

    assert list((folders.OUTPUT_DIR / "embeddings").iterdir()) == []


def test_an_error_leaves_the_work_to_another_attempt(folders, monkeypatch):
    def full_disk(*_):
        raise OSError("No space left on device")

    job = TrainingJob()
    with monkeypatch.context() as patched:
        patched.setattr("tasks_app.jobs.embeddings.generating.write_vectors", full_disk)
        with pytest.raises(OSError, match="No space left"):
            run(job)

    result = run(job.next_attempt())
    assert result["epochs_of_earlier_attempts"] == 9


def spoil(path):
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.mark.parametrize("harm", [spoil, lambda path: path.unlink()])
def test_a_work_file_that_is_missing_or_changed_starts_anew(folders, harm):
    expected = run(TrainingJob(), task_id="unbroken")
    first = died(5)
    for path in work_of(folders):
        harm(path)

    again = first.next_attempt()
    result = run(again)

    assert again.epochs == list(range(1, 10))
    assert result["epochs_of_earlier_attempts"] == 0
    assert content(folders, result) == content(folders, expected)


def test_other_triples_start_anew(folders):
    first = died(5)
    (folders.INPUT_DIR / "chain").write_text(CHAIN + "e300\tnext\te0\n")

    assert run(first.next_attempt())["epochs_of_earlier_attempts"] == 0


def test_other_parameters_start_anew(folders):
    again = died(5).next_attempt()

    assert run(again, {**QUICK, "margin": 2})["epochs_of_earlier_attempts"] == 0


def test_triples_that_are_gone_are_missed_in_the_next_attempt_too(folders):
    first = died(5)
    (folders.INPUT_DIR / "chain").unlink()

    with pytest.raises(TriplesMissing):
        run(first.next_attempt())


def test_a_checkpoint_cannot_point_out_of_the_work_folder(folders):
    """What it names is looked for in this execution's own folder alone."""
    first = died(5)
    noted = first.checkpoint
    (file,) = (path for path in work_of(folders) if path.name == noted["file"])
    file.rename(folders.OUTPUT_DIR / "elsewhere.npz")
    first.dies_after = 0
    first.checkpoint = noted | {"file": "../../elsewhere.npz"}

    assert run(first.next_attempt())["epochs_of_earlier_attempts"] == 0


def test_work_that_was_forgotten_for_a_week_is_removed_by_another_run(folders):
    died(5)
    (forgotten,) = folders.OUTPUT_DIR.glob("embeddings/.work-*")
    died(5)
    week_ago = time.time() - 7 * 24 * 3600 - 60
    os.utime(forgotten, (week_ago, week_ago))

    run(TrainingJob())

    (fresh,) = folders.OUTPUT_DIR.glob("embeddings/.work-*")
    assert fresh != forgotten


def test_saving_is_paced(folders, monkeypatch):
    monkeypatch.setattr(saving, "SECONDS_BETWEEN", 3600)
    job = TrainingJob()

    run(job)

    assert job.checkpoint is None


def test_runs_without_an_execution_do_not_share_their_work(folders):
    """Called directly, a job has no execution: two at once must not meet in one folder."""
    first = died(5)
    first.execution_id = None
    again = first.next_attempt()

    assert run(again)["epochs_of_earlier_attempts"] == 0
