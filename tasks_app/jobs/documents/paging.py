"""What a page is in formats that have none of their own."""

import re
from collections.abc import Iterator

LINES_PER_PAGE = 50
FENCE = re.compile(r"`{3,}|~{3,}")


def split_text(text: str) -> list[str]:
    """Pages of plain text: parted by form feeds where there are any, else 50 lines each.

    A form feed at the very end closes the last page and begins no other. An empty text is one
    empty page.
    """
    return _split_at_form_feeds(text) or _split_by_lines(text)


def split_markdown(text: str) -> list[str]:
    """Pages of Markdown: parted by form feeds, else at the first blank line after 50 lines.

    So no paragraph, table or fenced code block is cut in two.
    """
    return _split_at_form_feeds(text) or ["\n".join(page) for page in _whole_blocks(text)]


def _split_at_form_feeds(text: str) -> list[str]:
    if "\f" not in text:
        return []
    pages = text.split("\f")
    return pages if pages[-1].strip() else pages[:-1]


def _split_by_lines(text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    starts = range(0, len(lines), LINES_PER_PAGE)
    return ["\n".join(lines[start : start + LINES_PER_PAGE]) for start in starts]


def _whole_blocks(text: str) -> Iterator[list[str]]:
    page: list[str] = []
    fence = ""
    for line in text.rstrip().split("\n"):
        if len(page) >= LINES_PER_PAGE and not fence and not line.strip():
            yield page
            page = []
        page.append(line)
        fence = _fence_after(line.strip(), fence)
    yield page


def _fence_after(line: str, fence: str) -> str:
    """The code fence that is open after this line, or nothing."""
    run = FENCE.match(line)
    if not run:
        return fence
    if not fence:
        return run[0]
    closes = line.startswith(fence) and set(line) == {fence[0]}
    return "" if closes else fence
