"""Words, addresses and pages, against numbers counted by hand."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.jobs.documents.addresses import find_addresses, is_harmless
from tasks_app.jobs.documents.paging import split_markdown, split_text
from tasks_app.jobs.documents.words import count_words


@pytest.mark.parametrize(
    "text, words",
    [
        ("", 0),
        (" \n\t\f ", 0),
        ("one", 1),
        ("one  two\nthree", 3),
        ("don't well-known 3.5 — &", 5),
        ("Grüße, добрый день", 3),
        ("你好世界", 4),
        ("Belfry 是一个 tool", 5),
        ("こんにちは", 5),
    ],
)
def test_words_are_counted(text, words):
    assert count_words(text) == words


def test_the_count_is_that_of_wc(tmp_path):
    if not shutil.which("wc"):
        pytest.skip("wc was not found")
    text = "It is five, isn't it?\n\n  - a list\t(of - signs)\n1. 2. 3.\n" * 7
    counted = subprocess.run(["wc", "-w"], input=text.encode(), capture_output=True, check=True)  # noqa: S607

    assert count_words(text) == int(counted.stdout)


@pytest.mark.parametrize(
    "text, addresses",
    [
        ("no address at www.example.org", ()),
        (
            "http://a.example and HTTPS://b.example/x?y=1#z",
            ("http://a.example", "HTTPS://b.example/x?y=1#z"),
        ),
        ("Twice: http://a.example, http://a.example.", ("http://a.example", "http://a.example")),
        ("(see http://a.example/b_(c)).", ("http://a.example/b_(c)",)),
        ('<a href="http://a.example">http://a.example</a>', ("http://a.example",) * 2),
        ("见http://a.example/路。再见", ("http://a.example/路",)),
        ("javascript:alert(1) ftp://a.example xhttp://a.example", ()),
    ],
)
def test_addresses_are_found_without_the_end_of_their_sentence(text, addresses):
    assert find_addresses(text) == addresses


@pytest.mark.parametrize(
    "address, harmless",
    [
        ("https://a.example/x", True),
        ("mailto:ada@a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://a.example\njavascript:x", False),
        ('https://a.example/"onclick=', False),
        ("notes.md", False),
    ],
)
def test_only_web_and_mail_are_harmless(address, harmless):
    assert is_harmless(address) == harmless


@pytest.mark.parametrize(
    "text, pages",
    [
        ("", 1),
        ("one\n", 1),
        ("\n".join(["line"] * 50), 1),
        ("line\n" * 50, 1),
        ("line\n" * 51, 2),
        ("line\n" * 150, 3),
        ("one\ftwo", 2),
        ("one\f\ftwo", 3),
        ("one\ftwo\f\n", 2),
        ("line\n" * 60 + "\f" + "line\n" * 60, 2),
    ],
)
def test_text_has_pages_by_form_feed_or_of_fifty_lines(text, pages):
    assert len(split_text(text)) == pages


@given(st.lists(st.text("ab \n", max_size=300), min_size=1, max_size=5))
def test_no_line_is_lost_between_pages(parts):
    text = "\n".join(parts)

    assert "\n".join(split_text(text)).rstrip("\n") == text.rstrip("\n")
    assert "\n".join(split_markdown(text)) == text.rstrip()


def test_a_page_of_markdown_ends_at_a_blank_line_after_the_fiftieth():
    paragraph = "line\n" * 30 + "\n"

    pages = split_markdown(paragraph * 4)

    assert [page.count("line") for page in pages] == [60, 60]


@pytest.mark.parametrize("fence", ["```", "~~~~", "```python"])
def test_code_is_not_cut_in_two(fence):
    closing = fence.removesuffix("python")
    code = f"{fence}\n" + "code\n\n``\n" * 40 + f"{closing}\n"

    pages = split_markdown(code + "\nafter\n")

    assert [page.count("code") for page in pages] == [40, 0]


def test_a_shorter_fence_does_not_close_a_longer_one():
    pages = split_markdown("````\n```\n" + "code\n\n" * 60 + "````\n\nafter\n")

    assert [page.count("code") for page in pages] == [60, 0]
