"""generate_embedding on real workers: the documented request, a cancel, a worker killed in it."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from tasks_app import services
from tasks_app.management.samples import write_samples
from tasks_app.models import TaskExecution
from tasks_app.tests.system import System, becomes, ends, kill_family, starts

JOB = "tasks_app.jobs.embedding_tasks.generate_embedding"
AS_DOCUMENTED = {"embedding_dim": 1024, "algorithm": "TransE"}
# Two tests share the machine, each with processes of its own.
BUSY = 3
# Some seconds of work, and a checkpoint each second: there is a middle to interrupt.
LONG = {"embedding_dim": 256, "epochs": 200, "seed": 3}


@pytest.fixture(autouse=True)
def _samples() -> None:
    write_samples(settings.INPUT_DIR)


def embed(system: System, task_id: str, parameters: dict[str, Any]) -> TaskExecution:
    _, execution = services.create_task(
        system.actor,
        name=task_id,
        celery_task_name=JOB,
        args=[task_id, "path/to/data", parameters],
    )
    return execution


def epoch_of(execution: TaskExecution) -> int:
    told: dict[str, int] = execution.progress_data or {}
    return told.get("epoch", 0)


def vectors_of(execution: TaskExecution) -> tuple[bytes, bytes]:
    path: Path = settings.OUTPUT_DIR / execution.result["output"]
    with np.load(path, allow_pickle=False) as file:
        return file["entity_vectors"].tobytes(), file["relation_vectors"].tobytes()


def work_folders() -> list[Path]:
    return list(settings.OUTPUT_DIR.glob("embeddings/.work-*"))


def test_the_documented_request_runs_for_real(system: System) -> None:
    execution = starts(embed(system, "task1", AS_DOCUMENTED))

    early = epoch_of(becomes(execution, lambda row: epoch_of(row) > 0))
    later = epoch_of(becomes(execution, lambda row: epoch_of(row) > early))
    result = ends(execution, within=60).result

    assert (execution.status, execution.progress) == ("success", 100)
    assert later < 50
    assert {key: result[key] for key in ("task_id", "status", "message", "embedding_dim")} == {
        "task_id": "task1",
        "status": "completed",
        "message": "Embedding generation for path/to/data completed.",
        "embedding_dim": 1024,
    }
    # However slow the machine is: the seconds are those of this attempt.
    took = execution.finished_at - execution.started_at
    assert 0 < result["processing_time"] < took.total_seconds()
    assert result["mean_rank"] < result["entities"] / 20
    assert (settings.OUTPUT_DIR / result["output"]).stat().st_size > 1142 * 1024 * 4
    assert work_folders() == []


def test_a_cancel_in_the_middle_ends_it_within_one_epoch(system: System) -> None:
    execution = starts(embed(system, "cancelled", LONG))
    becomes(execution, lambda row: row.checkpoint is not None)
    asked_at, reached = time.monotonic(), epoch_of(execution)

    services.cancel_execution(system.actor, execution)

    assert (ends(execution).status, execution.reason) == ("revoked", "cancelled")
    # Half a second is the pace in which a job hears of it. One that is killed leaves its folder.
    assert time.monotonic() - asked_at < 2 + BUSY
    assert reached <= epoch_of(execution) < LONG["epochs"]
    assert work_folders() == []
    assert not (settings.OUTPUT_DIR / "embeddings" / "cancelled.npz").exists()


def test_a_killed_workers_training_goes_on_and_ends_in_the_same_vectors(system: System) -> None:
    broken = starts(embed(system, "broken", LONG))
    saved = becomes(broken, lambda row: row.checkpoint is not None).checkpoint["epoch"]

    kill_family(system.workers[0])
    system.start_worker()
    # It runs while the lease of the broken one still holds.
    unbroken = ends(embed(system, "unbroken", LONG), within=60)

    assert ends(broken, within=60).status == "success"
    assert (broken.attempt, broken.worker_deaths) == (2, 1)
    assert saved <= broken.result["epochs_of_earlier_attempts"] < LONG["epochs"]
    assert vectors_of(broken) == vectors_of(unbroken)
    assert broken.result["final_loss"] == unbroken.result["final_loss"]
    assert work_folders() == []
