"""One page of a document, in whatever format it came."""

from dataclasses import dataclass

from tasks_app.jobs.documents.words import count_words


@dataclass(frozen=True)
class Page:
    """`text` is what a reader sees; `markdown` and `html` are there where the document is Markdown.

    `links` are addresses in reading order, one for each link of the page.
    """

    number: int
    text: str
    links: tuple[str, ...]
    markdown: str | None = None
    html: str | None = None

    @property
    def words(self) -> int:
        return count_words(self.text)
