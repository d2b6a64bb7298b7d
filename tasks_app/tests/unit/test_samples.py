"""The samples: written fast, the same each time, with the counts they are said to have."""

import hashlib
import re
import zlib

import pytest

from tasks_app.jobs.documents.reading import open_document
from tasks_app.management.samples import write_samples
from tasks_app.management.samples import writing as samples
from tasks_app.management.samples.long_pdf import PAGES
from tasks_app.management.samples.text import WORDS_PER_PAGE, page_paragraphs


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "input"
    write_samples(folder)
    return folder


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {name_in(folder, path): hashlib.sha256(path.read_bytes()).digest() for path in files}


def name_in(folder, path):
    return path.relative_to(folder).as_posix()


def test_the_samples_are_the_same_each_time(folder, tmp_path):
    written = write_samples(tmp_path)

    assert {name_in(tmp_path, path) for path in written} == {
        "doc-123.pdf",
        "notes.txt",
        "path/to/LICENSE.txt",
        "path/to/README.txt",
        "path/to/data",
        "path/to/other",
        "welcome.md",
    }
    assert digests(tmp_path) == digests(folder)


def test_what_is_there_is_left_alone(tmp_path):
    (tmp_path / "path" / "to").mkdir(parents=True)
    mine = ("doc-123.txt", "notes.txt", "path/to/data")
    for name in mine:
        (tmp_path / name).write_text("mine")

    assert {"welcome.md", "other"} <= {path.name for path in write_samples(tmp_path)}
    assert {(tmp_path / name).read_text() for name in mine} == {"mine"}
    assert not (tmp_path / "doc-123.pdf").exists()
    assert write_samples(tmp_path) == []


def test_a_long_sample_cut_off_on_the_way_is_not_left(tmp_path, monkeypatch):
    def cut_off(stream):
        stream.write(b"%PDF")
        raise KeyboardInterrupt

    monkeypatch.setattr("tasks_app.management.samples.long_pdf.write_long_pdf", cut_off)

    with pytest.raises(KeyboardInterrupt):
        samples.write_samples(tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".pdf", ".part")]


def test_the_long_sample_holds_what_its_content_streams_draw(folder):
    """Counted in the file's own bytes, without a PDF library."""
    content = (folder / "doc-123.pdf").read_bytes()
    streams = re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
    pages = [page for page in map(zlib.decompress, streams) if b" Tj" in page]

    assert len(pages) == PAGES
    assert {page.count(b" Tj") for page in pages} == {WORDS_PER_PAGE}
    assert len(re.findall(rb"/URI \(", content)) == PAGES


def test_the_long_sample_is_read_as_it_was_written(folder):
    document = open_document(folder / "doc-123.pdf")

    page = next(document.pages)

    assert document.total == PAGES
    assert page.words == WORDS_PER_PAGE
    assert page.text.split() == " ".join(page_paragraphs(1, PAGES)).split()
    assert page.links == ("https://example.org/field-notes/1",)


@pytest.mark.parametrize(
    "name, pages, words, links", [("notes.txt", 2, 62, 2), ("welcome.md", 1, 123, 3)]
)
def test_the_short_samples_have_their_counts(folder, name, pages, words, links):
    read = list(open_document(folder / name).pages)

    assert len(read) == pages
    assert sum(page.words for page in read) == words
    assert sum(len(page.links) for page in read) == links
