"""process_document from its arguments to its result."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tasks_app.jobs.document_tasks import process_document
from tasks_app.jobs.documents.exceptions import (
    DocumentMissing,
    OptionUnknown,
    OutputOutsideFolder,
    OutputReplacesInput,
)
from tasks_app.tests.unit.recording_job import RecordingJob, Stopped

FIVE_PAGES = "\f".join(f"page {number} http://a.example/{number}" for number in range(1, 6))


@pytest.fixture
def folders(settings, tmp_path):
    settings.INPUT_DIR, settings.OUTPUT_DIR = tmp_path / "input", tmp_path / "output"
    settings.INPUT_DIR.mkdir()
    (settings.INPUT_DIR / "five.txt").write_text(FIVE_PAGES)
    return settings


@pytest.fixture
def job():
    return RecordingJob()


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_result_says_what_was_read_and_written(folders, job):
    result = job.run(process_document, "five", {"format": "md", "quality": "high"})

    seconds = result.pop("processing_time")
    assert isinstance(seconds, float)
    assert 0 <= seconds < 60
    written = (folders.OUTPUT_DIR / "five.txt.md").stat().st_size
    assert result == {
        "document_id": "five",
        "status": "completed",
        "input": "five.txt",
        "output": "five.txt.md",
        "format": "md",
        "quality": "high",
        "pages_processed": 5,
        "words": 15,
        "links": 5,
        "bytes_read": len(FIVE_PAGES),
        "bytes_written": written,
        "font": None,
        "characters_replaced": 0,
    }


def test_progress_moves_with_every_page_and_ends_at_100(folders, job):
    job.run(process_document, "five.txt")

    pages = [data["page"] for _, _, data in job.reports if data]
    assert pages == [1, 2, 3, 4, 5]
    assert job.percents == sorted(set(job.percents))
    assert (job.percents[0], job.percents[-1]) == (0, 100)
    assert ("page 3 of 5", {"page": 3, "pages": 5}) in [it[1:] for it in job.reports]


@pytest.mark.parametrize("format_name", ["txt", "md", "html", "pdf"])
def test_a_cancel_between_pages_stops_and_leaves_no_file(folders, format_name):
    job = RecordingJob(cancelled_at=40)

    with pytest.raises(Stopped):
        job.run(process_document, "five", {"format": format_name})

    assert job.reports[-1][2]["page"] == 3
    assert files_in(folders.OUTPUT_DIR) == []


def test_a_cancel_keeps_the_output_of_an_earlier_run(folders, job):
    job.run(process_document, "five")

    with pytest.raises(Stopped):
        RecordingJob(cancelled_at=40).run(process_document, "five")

    assert files_in(folders.OUTPUT_DIR) == ["five.txt"]


@pytest.mark.parametrize("format_name", ["txt", "md", "html", "pdf"])
def test_running_it_again_gives_the_same_file(folders, job, format_name):
    outputs = set()
    for year in (2030, 2031):
        with time_machine.travel(datetime(year, 1, 1, tzinfo=UTC)):
            result = job.run(process_document, "five", {"format": format_name, "quality": "high"})
        outputs.add((folders.OUTPUT_DIR / result["output"]).read_bytes())

    assert len(outputs) == 1
    assert len(files_in(folders.OUTPUT_DIR)) == 1


def test_documents_that_differ_in_ending_do_not_overwrite_each_other(folders, job):
    (folders.INPUT_DIR / "five.md").write_text("# five")

    for name in ("five.txt", "five.md"):
        job.run(process_document, name, {"format": "html"})

    assert files_in(folders.OUTPUT_DIR) == ["five.md.html", "five.txt.html"]


def test_a_document_in_a_folder_is_written_to_the_same_folder(folders, job):
    (folders.INPUT_DIR / "reports").mkdir()
    (folders.INPUT_DIR / "reports" / "may.md").write_text("# May")

    result = job.run(process_document, "reports/may", {"format": "pdf"})

    assert (result["input"], result["output"]) == ("reports/may.md", "reports/may.md.pdf")
    assert files_in(folders.OUTPUT_DIR) == ["reports/may.md.pdf"]


def test_the_input_is_never_overwritten(folders, job):
    folders.OUTPUT_DIR = folders.INPUT_DIR

    with pytest.raises(OutputReplacesInput, match="let INPUT_DIR and OUTPUT_DIR name different"):
        job.run(process_document, "five", {"format": "txt"})

    assert (folders.INPUT_DIR / "five.txt").read_text() == FIVE_PAGES


def test_a_link_does_not_lead_the_output_elsewhere(folders, job, tmp_path):
    (folders.INPUT_DIR / "reports").mkdir()
    (folders.INPUT_DIR / "reports" / "may.md").write_text("# May")
    folders.OUTPUT_DIR.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folders.OUTPUT_DIR / "reports").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OutputOutsideFolder):
        job.run(process_document, "reports/may")

    assert files_in(tmp_path / "elsewhere") == []


@pytest.mark.parametrize(
    "document_id, options, refusal",
    [("six", None, DocumentMissing), ("five", {"x": 1}, OptionUnknown)],
)
def test_a_refusal_reaches_the_caller_and_writes_nothing(
    folders, job, document_id, options, refusal
):
    with pytest.raises(refusal):
        job.run(process_document, document_id, options)

    assert not folders.OUTPUT_DIR.exists()
