"""Which file a document_id means, and which it must never mean."""

import os

import pytest

from tasks_app.jobs.documents.exceptions import (
    DocumentAmbiguous,
    DocumentMissing,
    DocumentOutsideFolder,
    DocumentUnsupported,
    InvalidDocumentId,
)
from tasks_app.jobs.documents.locating import find_document


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "input"
    (inside / "reports").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("not yours")
    return inside


def put(folder, *names):
    for name in names:
        (folder / name).write_text("words")


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.markdown", "a.pdf", "a.PDF", "reports/a.md"])
def test_a_document_is_found_with_and_without_its_ending(folder, name):
    put(folder, name)

    assert find_document(folder, name) == folder / name
    assert find_document(folder, name.rpartition(".")[0]) == folder / name


def test_a_name_may_have_dots_of_its_own(folder):
    put(folder, "report.v2.txt")

    assert find_document(folder, "report.v2").name == "report.v2.txt"


def test_a_whole_name_wins_over_a_longer_one(folder):
    put(folder, "a.md", "a.md.txt")

    assert find_document(folder, "a.md").name == "a.md"


def test_a_name_that_several_have_is_refused_with_the_candidates(folder):
    put(folder, "a.txt", "a.md", "a.docx", "ab.txt")

    with pytest.raises(DocumentAmbiguous, match=r"any of a\.md, a\.txt: give the name with its"):
        find_document(folder, "a")


def test_a_missing_document_says_where_to_put_it(folder):
    with pytest.raises(DocumentMissing, match=r"'b'.*\.md, \.markdown, \.pdf, \.txt.*INPUT_DIR"):
        find_document(folder, "b")


@pytest.mark.parametrize("document_id", ["reports", "a.txt/b", "nowhere/a"])
def test_what_is_no_file_is_missing(folder, document_id):
    put(folder, "a.txt")

    with pytest.raises(DocumentMissing):
        find_document(folder, document_id)


def test_an_input_folder_that_was_never_made_holds_nothing(tmp_path):
    with pytest.raises(DocumentMissing):
        find_document(tmp_path / "input", "a")


@pytest.mark.parametrize("document_id", ["a.docx", "a"])
def test_another_kind_of_file_is_refused_by_its_ending(folder, document_id):
    put(folder, "a.docx")

    with pytest.raises(DocumentUnsupported, match=r"'a\.docx'.*\.pdf, \.txt"):
        find_document(folder, document_id)


def test_a_pipe_is_never_opened(folder):
    os.mkfifo(folder / "a.txt")

    with pytest.raises(DocumentMissing):
        find_document(folder, "a.txt")


@pytest.mark.parametrize(
    "document_id", ["../secret.txt", "../secret", "reports/../../secret.txt", "..", "../input-2/a"]
)
def test_a_path_out_of_the_folder_is_refused(folder, document_id):
    with pytest.raises(DocumentOutsideFolder, match="copy the document into that folder"):
        find_document(folder, document_id)


def test_an_absolute_path_is_refused_wherever_it_leads(folder):
    put(folder, "a.txt")

    with pytest.raises(DocumentOutsideFolder):
        find_document(folder, str(folder / "a.txt"))


def test_a_folder_whose_name_begins_alike_is_outside(folder):
    neighbour = folder.with_name("input-2")
    neighbour.mkdir()
    put(neighbour, "a.txt")

    with pytest.raises(DocumentOutsideFolder):
        find_document(folder, "../input-2/a.txt")


@pytest.mark.parametrize("document_id", ["linked.txt", "linked", "folder/secret.txt"])
def test_a_link_out_of_the_folder_is_refused(folder, document_id):
    (folder / "linked.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "folder").symlink_to(folder.parent)

    with pytest.raises(DocumentOutsideFolder):
        find_document(folder, document_id)


def test_a_link_inside_the_folder_is_followed(folder):
    put(folder, "reports/a.txt")
    (folder / "today.txt").symlink_to(folder / "reports/a.txt")

    assert find_document(folder, "today") == folder / "reports/a.txt"


def test_a_link_to_itself_is_missing(folder):
    (folder / "a.txt").symlink_to(folder / "a.txt")

    with pytest.raises(DocumentMissing):
        find_document(folder, "a.txt")


@pytest.mark.parametrize(
    "document_id",
    ["", " ", ".", "reports/..", "a\0.txt", "a\n", "\ud800", "a" * 256, "ä" * 128, None, 7, ["a"]],
)
def test_what_cannot_name_a_file_is_refused(folder, document_id):
    put(folder.parent, "input.txt")

    with pytest.raises(InvalidDocumentId, match="cannot be a document_id: give the name"):
        find_document(folder, document_id)
