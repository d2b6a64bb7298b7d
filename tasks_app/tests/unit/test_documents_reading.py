"""What is read from text, Markdown and PDF files written by hand or by another library."""

import pytest
from fpdf import FPDF
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import DependencyError

from tasks_app.jobs.documents import reading
from tasks_app.jobs.documents.exceptions import (
    DocumentBroken,
    DocumentEncrypted,
    DocumentNotText,
    DocumentTooLarge,
)
from tasks_app.jobs.documents.reading import open_document


@pytest.fixture
def read(tmp_path):
    """Write a file and read it: its pages as a list."""

    def written_and_read(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        document = open_document(path)
        pages = list(document.pages)
        assert document.total == len(pages)
        return pages

    return written_and_read


def pdf_of(*texts, links=()):
    """A PDF with a page for each text; `links` lie over the first page."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in texts:
        pdf.add_page()
        pdf.multi_cell(0, 6, text, align="L")
    pdf.page = 1
    for place, link in enumerate(links):
        pdf.link(10, 100 + 10 * place, 50, 8, link)
    pdf.page = len(texts)
    return bytes(pdf.output())


def test_text_is_read_by_page(read):
    pages = read("a.txt", "\ufeffGrüße aus Köln\r\nhttp://a.example http://a.example\ftwo words")

    assert [page.number for page in pages] == [1, 2]
    assert [page.words for page in pages] == [5, 2]
    assert pages[0].text == "Grüße aus Köln\nhttp://a.example http://a.example"
    assert pages[0].links == ("http://a.example",) * 2


@pytest.mark.parametrize(
    "content, position", [(b"caf\xe9", 3), (b"a\0b", 1), ("UTF-16".encode("utf-16"), 3)]
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_what_is_not_utf_8_is_refused(read, name, content, position):
    with pytest.raises(DocumentNotText, match=rf"at byte {position}\): save it as UTF-8"):
        read(name, content)


def test_markdown_counts_the_words_that_a_reader_sees(read):
    source = (
        "# One two\n\n- three *four*\n- [five](http://a.example 'not seen')\n\n"
        "| six | seven |\n| --- | --- |\n| `eight` | ![nine](x.png) |\n\n"
        "```python\nten eleven\n```\n\ntwelve  \nthirteen\n"
    )

    (page,) = read("a.md", source)

    assert page.words == 13
    assert page.markdown == source.removesuffix("\n")


def test_markdown_counts_every_kind_of_link_once(read):
    source = (
        "[inline](other.md) <http://auto.example> http://bare.example, [named][n] [n]\n"
        "[http://shown.example](http://shown.example) ![image](http://image.example)\n"
        "`http://code.example` [bad](javascript:alert(1))\n\n"
        "    http://indented.example\n\n[n]: http://named.example\n"
    )

    (page,) = read("a.md", source)

    assert page.links == (
        "other.md",
        "http://auto.example",
        "http://bare.example",
        "http://named.example",
        "http://named.example",
        "http://shown.example",
    )


def test_a_link_may_be_defined_on_another_page(read):
    pages = read("a.md", "[here][n]\f[n]: http://named.example")

    assert [page.links for page in pages] == [("http://named.example",), ()]


def test_a_pdf_is_read_by_page(read):
    pages = read("a.pdf", pdf_of("One two three", "Four\nfive", "six " * 100))

    assert [page.words for page in pages] == [3, 2, 100]
    assert pages[0].text.split() == ["One", "two", "three"]


def test_a_pdf_links_by_annotation_and_by_print(read):
    text = "http://printed.example and http://both.example"
    links = ["http://both.example", "http://hidden.example"]

    pages = read("a.pdf", pdf_of(text, "http://both.example", links=links))

    assert sorted(pages[0].links) == [
        "http://both.example",
        "http://hidden.example",
        "http://printed.example",
    ]
    assert pages[1].links == ("http://both.example",)


def test_a_pdf_link_over_two_lines_is_one(read):
    whole = "http://long.example/part-one/part-two"

    (page,) = read("a.pdf", pdf_of("http://long.example/part-one/\npart-two", links=[whole, whole]))

    assert page.links == (whole,)


def test_a_pdf_address_that_holds_line_ends_is_one_line(read):
    (page,) = read("a.pdf", pdf_of("text", links=["http://a.example/\nmailto:b"]))

    assert page.links == ("http://a.example/ mailto:b",)


def test_odd_characters_of_a_pdf_are_made_harmless(read, monkeypatch):
    monkeypatch.setattr(PageObject, "extract_text", lambda page: "one\ftwo \ud800")

    (page,) = read("a.pdf", pdf_of("text"))

    assert page.text == "one\ntwo ?"


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not a pdf</html>", b"%PDF-1.7\nnonsense", pdf_of("text")[:300]],
    ids=["empty", "other", "nonsense", "cut off"],
)
def test_a_broken_pdf_is_refused(read, content):
    with pytest.raises(DocumentBroken, match=r"'a\.pdf' is not a readable PDF"):
        read("a.pdf", content)


def encrypted(tmp_path, user_password):
    writer = PdfWriter()
    (tmp_path / "plain.pdf").write_bytes(pdf_of("one two"))
    writer.append(tmp_path / "plain.pdf")
    writer.encrypt(user_password, owner_password="the owner's", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    return (tmp_path / "locked.pdf").read_bytes()


def test_a_pdf_with_a_password_is_refused(read, tmp_path):
    with pytest.raises(DocumentEncrypted, match="save a copy without a password"):
        read("a.pdf", encrypted(tmp_path, "secret"))


def test_a_pdf_that_only_restricts_printing_is_read(read, tmp_path):
    (page,) = read("a.pdf", encrypted(tmp_path, ""))

    assert page.words == 2


def test_an_encryption_that_is_not_supported_is_refused(read, tmp_path, monkeypatch):
    def cannot(self, password):
        raise DependencyError("cryptography is required")

    content = encrypted(tmp_path, "secret")
    monkeypatch.setattr(PdfReader, "decrypt", cannot)

    with pytest.raises(DocumentEncrypted):
        read("a.pdf", content)


def test_a_huge_file_is_refused_unread(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(reading.LARGEST_BYTES + 1)

    with pytest.raises(DocumentTooLarge, match="104857601 bytes; 104857600 is the most"):
        open_document(tmp_path / "a.txt")
