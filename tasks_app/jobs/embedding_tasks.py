"""Jobs on graphs of facts in the input folder."""

import time
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.conf import settings

from tasks_app.jobs.embeddings.locating import find_triples
from tasks_app.jobs.embeddings.naming import output_name, target_in
from tasks_app.jobs.embeddings.options import read_options

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job


@shared_task(bind=True, idempotent=True)
def generate_embedding(
    self: "Job", task_id: str, input_data: str, parameters: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Train vectors (TransE) on a triples file of the input folder, and write them to a file.

    `input_data` names the file, one `head<TAB>relation<TAB>tail` a line. `parameters`:
    `embedding_dim`, `algorithm` (TransE), `epochs`, `learning_rate`, `margin` and `seed`. The
    vectors are NumPy's `embeddings/<task_id>.npz` below the output folder, the same for the same
    triples and parameters, also when a worker died on the way: the next attempt goes on from the
    last checkpoint. `mean_rank` is that of triples never trained on (1 is best, half of the
    entities is guessing), `processing_time` the seconds of this attempt. Raises an
    EmbeddingRefused that says what to do.
    """
    began = time.perf_counter()
    chosen = read_options(parameters)
    output = output_name(task_id)
    target = target_in(settings.OUTPUT_DIR, output)
    source = find_triples(settings.INPUT_DIR, input_data)
    # Imported here: NumPy takes a tenth of a second that no other process should pay.
    from tasks_app.jobs.embeddings.generating import generate

    told = generate(self, source, target, chosen)
    self.update_progress(100, f"wrote {output}")
    return {
        "task_id": task_id,
        "status": "completed",
        "message": f"Embedding generation for {input_data} completed.",
        "embedding_dim": chosen.embedding_dim,
        **told,
        "output": output,
        "processing_time": round(time.perf_counter() - began, 3),
    }
