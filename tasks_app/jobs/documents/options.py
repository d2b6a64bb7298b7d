"""What a caller may ask for: the format to write, and how much care goes into it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tasks_app.jobs.documents.exceptions import (
    OptionsNotAnObject,
    OptionUnknown,
    OptionValueUnknown,
)

FORMATS = ("txt", "md", "html", "pdf")


@dataclass(frozen=True)
class Quality:
    """What an output has besides the words.

    `pages_marked`: form feeds in text and Markdown, page numbers in HTML and PDF.
    `typeset`: a style sheet in HTML, an embedded Unicode font in PDF.
    `links_listed`: the document's addresses at the end, and PDF bookmarks.
    """

    name: str
    pages_marked: bool
    typeset: bool
    links_listed: bool


QUALITIES = {
    quality.name: quality
    for quality in (
        Quality("draft", pages_marked=False, typeset=False, links_listed=False),
        Quality("normal", pages_marked=True, typeset=True, links_listed=False),
        Quality("high", pages_marked=True, typeset=True, links_listed=True),
    )
}


@dataclass(frozen=True)
class Options:
    format: str
    quality: Quality


def read_options(given: Any = None) -> Options:
    """The options of a call: format `txt` and quality `normal` where nothing is said.

    Raises OptionsNotAnObject, OptionUnknown or OptionValueUnknown.
    """
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise OptionsNotAnObject.about(given)
    for name in given:
        if name not in ("format", "quality"):
            raise OptionUnknown.about(name, ("format", "quality"))
    format_name = _one_of(FORMATS, "format", given.get("format", "txt"))
    quality_name = _one_of(QUALITIES, "quality", given.get("quality", "normal"))
    return Options(format_name, QUALITIES[quality_name])


def _one_of(known: Iterable[str], name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in known:
        raise OptionValueUnknown.about(name, value, known)
    return value
