"""Jobs on documents of the input folder."""

import time
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.conf import settings

from tasks_app.jobs.documents.converting import convert
from tasks_app.jobs.documents.locating import find_document
from tasks_app.jobs.documents.options import read_options

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

# The last hundredth is writing the file: only a finished document is at 100.
READ_PERCENT = 99


@shared_task(bind=True, idempotent=True)
def process_document(
    self: "Job", document_id: str, options: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Read a document of the input folder, count it, and write it in another format.

    `options`: `format` (`txt`, `md`, `html` or `pdf`) and `quality` (`draft`, `normal` or `high`).
    A cancel is obeyed between pages and leaves no file behind. Running it again writes the
    same file again. `processing_time` is seconds; `input` and `output` are relative to the
    input and the output folder. Raises a DocumentRefused that says what to do.
    """
    began = time.perf_counter()
    chosen = read_options(options)
    source = find_document(settings.INPUT_DIR, document_id)
    self.update_progress(0, f"opening {source.name}")

    def on_page(number: int, total: int) -> None:
        percent = READ_PERCENT * number / total
        self.update_progress(percent, f"page {number} of {total}", page=number, pages=total)
        self.raise_if_cancelled()

    counted = convert(source, settings.INPUT_DIR, settings.OUTPUT_DIR, chosen, on_page)
    self.update_progress(100, f"wrote {counted['output']}")
    return {
        "document_id": document_id,
        "status": "completed",
        **counted,
        "processing_time": round(time.perf_counter() - began, 3),
    }
