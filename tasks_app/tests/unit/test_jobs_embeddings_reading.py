"""Which triples file is meant, and what is read from it."""

import os

import pytest

from tasks_app.jobs.embeddings import triples as reading
from tasks_app.jobs.embeddings.exceptions import (
    InvalidInputData,
    TripleMalformed,
    TriplesMissing,
    TriplesNotText,
    TriplesOutsideFolder,
    TriplesTooFew,
    TriplesTooLarge,
)
from tasks_app.jobs.embeddings.locating import find_triples
from tasks_app.jobs.embeddings.triples import read_triples


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "input"
    (inside / "path" / "to").mkdir(parents=True)
    (inside / "path" / "to" / "data").write_text("a\tb\tc\n")
    (tmp_path / "secret").write_text("not\tyours\tever\n")
    return inside


@pytest.fixture
def read(tmp_path):
    """Reads what a file of these bytes or this text holds."""

    def write_and_read(content):
        path = tmp_path / "triples"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_triples(path)

    return write_and_read


def named(triples):
    return [
        (triples.entities[head], triples.relations[relation], triples.entities[tail])
        for head, relation, tail in triples.numbers
    ]


def test_a_file_is_found_by_its_path(folder):
    assert find_triples(folder, "path/to/data") == folder / "path" / "to" / "data"


def test_a_link_inside_the_folder_is_followed(folder):
    (folder / "today").symlink_to(folder / "path" / "to" / "data")

    assert find_triples(folder, "today") == folder / "path" / "to" / "data"


@pytest.mark.parametrize("input_data", ["../secret", "path/../../secret", "linked", "out/secret"])
def test_a_path_out_of_the_folder_is_refused(folder, input_data):
    (folder / "linked").symlink_to(folder.parent / "secret")
    (folder / "out").symlink_to(folder.parent)

    with pytest.raises(TriplesOutsideFolder, match="copy the triples file into that folder"):
        find_triples(folder, input_data)


def test_an_absolute_path_is_refused_wherever_it_leads(folder):
    with pytest.raises(TriplesOutsideFolder):
        find_triples(folder, str(folder / "path" / "to" / "data"))


@pytest.mark.parametrize("input_data", ["path/to/nothing", "path/to", ".", "circle", "pipe"])
def test_what_is_no_file_is_missing(folder, input_data):
    (folder / "circle").symlink_to(folder / "circle")
    os.mkfifo(folder / "pipe")

    with pytest.raises(TriplesMissing, match="into the folder that the setting INPUT_DIR names"):
        find_triples(folder, input_data)


@pytest.mark.parametrize(
    "input_data", ["", " ", "a\0", "a\nb", "\ud800", "a" * 1001, None, 7, ["path"], {"a": 1}]
)
def test_what_cannot_be_a_path_is_refused(folder, input_data):
    with pytest.raises(InvalidInputData, match="give the path of a triples file"):
        find_triples(folder, input_data)


def test_triples_are_read_with_their_names_in_order(read):
    triples = read("b\tknows\ta\na\tlikes\tc\n")

    assert triples.entities == ("a", "b", "c")
    assert triples.relations == ("knows", "likes")
    assert named(triples) == [("a", "likes", "c"), ("b", "knows", "a")]


def test_the_order_of_lines_and_repeated_ones_mean_nothing(read):
    once = read("a\tr\tb\nb\tr\tc\n")
    again = read("b\tr\tc\na\tr\tb\nb\tr\tc\n")

    assert once.entities == again.entities
    assert once.numbers.tolist() == again.numbers.tolist()


@pytest.mark.parametrize(
    "content",
    [
        "# a comment\n\n  \na\tr\tb\n",
        "a\tr\tb",
        "a\tr\tb\r\n",
        " a \tr\t b\n",
        b"\xef\xbb\xbfa\tr\tb\n",
    ],
)
def test_comments_blanks_and_line_ends_are_no_part_of_a_triple(read, content):
    assert named(read(content)) == [("a", "r", "b")]


def test_names_of_any_script_are_kept(read):
    assert named(read("日本\t通貨\tイェン\n")) == [("日本", "通貨", "イェン")]


@pytest.mark.parametrize(
    "line, problem",
    [
        ("a b c", "it has 1 parts instead of 3"),
        ("a\tb", "it has 2 parts instead of 3"),
        ("a\tb\tc\td", "it has 4 parts instead of 3"),
        ("a\t\tc", "one of its parts is empty"),
        ("\tb\tc", "one of its parts is empty"),
        ("a\tb\t" + "c" * 256, "a name is longer than 255 characters"),
        ("a\tb\tc\0", "a name has characters that cannot be printed"),
    ],
)
def test_a_line_that_is_no_triple_is_refused_by_its_number(read, line, problem):
    with pytest.raises(TripleMalformed, match=f"Line 3 is no triple, for {problem}"):
        read(f"# first\na\tr\tb\n{line}\n")


def test_a_line_that_is_no_text_is_refused_by_its_number(read):
    with pytest.raises(TriplesNotText, match="Line 2 is not UTF-8 text"):
        read(b"a\tr\tb\n\xff\tr\tb\n")


@pytest.mark.parametrize("content, entities", [("", 0), ("# nothing\n", 0), ("a\tr\ta\n", 1)])
def test_what_names_fewer_than_two_entities_teaches_nothing(read, content, entities):
    with pytest.raises(TriplesTooFew, match=f"name {entities} entities"):
        read(content)


@pytest.mark.parametrize(
    "limit, value, told",
    [
        ("LARGEST_BYTES", 11, "12 bytes are too many: 11 is the most"),
        ("MOST_TRIPLES", 1, "2 triples are too many"),
        ("MOST_NAMES", 3, "4 entities and relations are too many"),
    ],
)
def test_sizes_are_bounded(read, monkeypatch, limit, value, told):
    monkeypatch.setattr(reading, limit, value)

    with pytest.raises(TriplesTooLarge, match=told):
        read("a\tr\tb\nb\tr\tc\n")


def test_what_is_just_within_the_sizes_is_read(read, monkeypatch):
    for limit, value in {"LARGEST_BYTES": 12, "MOST_TRIPLES": 2, "MOST_NAMES": 4}.items():
        monkeypatch.setattr(reading, limit, value)

    assert len(read("a\tr\tb\nb\tr\tc\n").numbers) == 2
