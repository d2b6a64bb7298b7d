"""What each writer makes of a document, and that a file appears whole or not at all."""

import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.generic import Destination

from tasks_app.jobs.documents import typefaces
from tasks_app.jobs.documents.markdown_writer import escape
from tasks_app.jobs.documents.options import read_options
from tasks_app.jobs.documents.reading import open_document
from tasks_app.jobs.documents.typefaces import find_unicode_typeface
from tasks_app.jobs.documents.writing import opened_writer
from tasks_app.jobs.whole_files import written_whole

TEXT = "First page, see http://a.example.\fSecond page"
ATTACK = (
    "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>\n\n"
    '[y](http://a.example/"onmouseover="alert(4)) ![z](http://spy.example/pixel.png)\n'
)


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


class Conversion:
    """Write `content` as a document of that name and convert it: the bytes of the output."""

    def __init__(self, folder):
        self.folder = folder
        self.writer = None

    def __call__(self, content, format_name, quality="normal", name="a.txt"):
        source = self.folder / name
        source.write_text(content)
        stream = io.BytesIO()
        options = read_options({"format": format_name, "quality": quality})
        pages = list(open_document(source).pages)
        links = [link for page in pages for link in page.links]
        with opened_writer(options, source, stream) as self.writer:
            for page in pages:
                self.writer.add(page)
            self.writer.finish(links if quality == "high" else [])
        return stream.getvalue()


@pytest.fixture
def write(tmp_path):
    return Conversion(tmp_path)


@pytest.mark.parametrize(
    "quality, text",
    [
        ("draft", "First page, see http://a.example.\n\nSecond page\n"),
        ("normal", "First page, see http://a.example.\n\fSecond page\n"),
        ("high", "First page, see http://a.example.\n\fSecond page\n\fLinks\n\nhttp://a.example\n"),
    ],
)
def test_text_has_what_its_quality_says(write, quality, text):
    assert write(TEXT, "txt", quality).decode() == text


@pytest.mark.parametrize("format_name", ["txt", "md"])
def test_pages_are_found_again_in_a_marked_output(write, tmp_path, format_name):
    (tmp_path / f"again.{format_name}").write_bytes(write(TEXT + "\fthird", format_name))

    again = open_document(tmp_path / f"again.{format_name}")

    assert [page.words for page in again.pages] == [4, 2, 1]


def test_markdown_stays_as_it_was(write):
    source = "# Title\n\n*text* <b>\n\n```\ncode\n```\n"

    assert write(source, "md", name="a.md").decode() == source


@given(st.text(" \t\n\\`*_[]()<>&;|~#+-=.!:'\"09aä"))
def test_escaped_text_shows_the_same_words_in_markdown(text):
    tokens = MarkdownIt("commonmark").parse(escape(text))

    inlines = [token.children or [] for token in tokens]
    blocks = ["".join(child.content or "\n" for child in inline) for inline in inlines]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for inline in inlines for child in inline} <= {
        "text",
        "softbreak",
        "hardbreak",
    }
    assert " ".join(blocks).split() == text.split()


def test_markdown_lists_only_harmless_addresses_as_links(write):
    output = write("[a](javascript.md) http://b.example", "md", "high", name="a.md").decode()

    assert output.endswith("## Links\n\n- javascript.md\n- <http://b.example>\n")


def test_html_renders_markdown(write):
    html = write("# Title\n\n| a |\n| - |\n| [b](http://b.example) |\n", "html", name="a.md")

    tags = Tags(html.decode())
    assert tags.named("h1")
    assert tags.named("td")
    assert tags.named("a") == [{"href": "http://b.example"}]


@pytest.mark.parametrize("name", ["a.md", "a.txt", "<svg onload=alert(5)>.txt"])
@pytest.mark.parametrize("quality", ["draft", "normal", "high"])
def test_html_runs_nothing_a_document_says(write, name, quality):
    tags = Tags(write(ATTACK, "html", quality, name).decode())

    assert not tags.named("script")
    assert not tags.named("svg")
    for _, attributes in tags.found:
        assert not [key for key in attributes if key.startswith("on")]
        assert not (attributes.get("href") or "").startswith("javascript:")


def test_html_escapes_the_addresses_it_lists(tmp_path):
    stream = io.BytesIO()
    options = read_options({"format": "html", "quality": "high"})
    addresses = ["http://a.example/?b&lt=1", "<svg onload=alert(1)>", "javascript:alert(2)"]
    with opened_writer(options, tmp_path / "a.pdf", stream) as writer:
        writer.finish(addresses)

    tags = Tags(stream.getvalue().decode())

    assert tags.named("a") == [{"href": addresses[0]}]
    assert not tags.named("svg")


def test_html_loads_nothing_from_elsewhere(write):
    tags = Tags(write(ATTACK, "html", name="a.md").decode())

    policies = [it["content"] for it in tags.named("meta") if "http-equiv" in it]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]


def test_html_keeps_the_lines_and_paragraphs_of_text(write):
    html = write("one\ntwo & three\n\nfour", "html").decode()

    assert "<p>one<br>\ntwo &amp; three</p>\n<p>four</p>" in html


@pytest.mark.parametrize(
    "quality, style, footers, links", [("draft", 0, 0, 0), ("normal", 1, 2, 0), ("high", 1, 2, 1)]
)
def test_html_has_what_its_quality_says(write, quality, style, footers, links):
    tags = Tags(write(TEXT, "html", quality).decode())

    counts = (len(tags.named("style")), len(tags.named("footer")), len(tags.named("a")))
    assert counts == (style, footers, links)
    assert [it["id"] for it in tags.named("section")[:2]] == ["page-1", "page-2"]


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    "quality, marks",
    [
        ("draft", ["First", "Second"]),
        ("normal", ["Page", "Page"]),
        ("high", ["Page", "Page", "Links"]),
    ],
)
def test_pdf_has_what_its_quality_says(write, quality, marks):
    pdf = write(TEXT, "pdf", quality)

    reader = PdfReader(io.BytesIO(pdf))
    assert [text.split()[0] for text in pages_of(pdf)] == marks
    bookmarks = [it.title for it in reader.outline if isinstance(it, Destination)]
    assert bookmarks == (["Page 1", "Page 2", "Links"] if quality == "high" else [])


def test_pdf_links_can_be_followed_where_they_are_harmless(write, tmp_path):
    source = "[bad](notes.md) http://good.example"

    (tmp_path / "out.pdf").write_bytes(write(source, "pdf", "high", name="a.md"))

    page, list_of_links = PdfReader(tmp_path / "out.pdf").pages
    assert page.annotations is None
    assert len(list_of_links.annotations or []) == 1
    assert "notes.md" in list_of_links.extract_text()


def test_an_empty_page_becomes_an_empty_sheet(write):
    assert pages_of(write("one\f\fthree", "pdf", "draft"))[1] == ""


def test_pdf_shows_other_scripts_where_a_typeface_is_installed(write):
    if not find_unicode_typeface():
        pytest.skip("no Unicode typeface is installed")

    (text,) = pages_of(write("Grüße, добрый день", "pdf"))

    assert text.split()[-3:] == ["Grüße,", "добрый", "день"]
    assert write.writer.characters_replaced == 0


def test_pdf_says_what_its_typeface_could_not_show(write, monkeypatch, tmp_path):
    monkeypatch.setattr(typefaces, "FOLDERS", (tmp_path,))

    (text,) = pages_of(write("Grüße — день\t\x07", "pdf"))

    assert re.sub(r"\s+", " ", text).strip() == "Page 1 Grüße ? ???? ?"
    assert (write.writer.font, write.writer.characters_replaced) == ("Helvetica", 6)


def test_pdf_counts_characters_that_an_installed_typeface_lacks(write):
    write("private \ue000\ue000 use", "pdf")

    assert write.writer.characters_replaced == 2


def test_a_page_of_any_length_is_printed_whole(write):
    pdf = write("\n".join(f"line{number}" for number in range(50)) + " end" * 2000, "pdf")

    assert " ".join(pages_of(pdf)).count("end") == 2000


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "a.txt"

    with written_whole(target) as stream:
        stream.write(b"whole")
        assert not target.exists()

    assert target.read_bytes() == b"whole"


def write_half(target):
    with written_whole(target) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt


def test_a_failure_keeps_the_old_file_and_leaves_no_part(tmp_path):
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    with pytest.raises(KeyboardInterrupt):
        write_half(target)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.txt", b"old")]
