"""Readable English of a known length, the same each time: the text of the long sample."""

from random import Random

PARAGRAPHS, SENTENCES, SENTENCE_WORDS = 5, 4, 12
HEADING_WORDS = 9
WORDS_PER_PAGE = HEADING_WORDS + PARAGRAPHS * SENTENCES * SENTENCE_WORDS + 1

GAPS = {
    "adjective": "quiet early patient narrow northern careful distant bright heavy steady",
    "person": "keeper pilot baker teacher sailor carpenter neighbour ringer clerk gardener",
    "thing": "bell harbour ledger lantern bridge timetable garden window letter tower",
    "verb": "watched mended described carried painted measured crossed counted opened left",
    "time": "morning evening market harvest winter storm concert holiday",
}
# One word for each gap, so that every sentence has twelve.
SENTENCE_SHAPES = (
    "The {adjective} {person} {verb} the {thing} before the {time} and said nothing.",
    "After the {time} every {person} {verb} a {adjective} {thing} near the tower.",
    "Nobody knew why the {person} {verb} the {adjective} {thing} that {time} alone.",
    "In the {adjective} {time} one {person} {verb} the {thing} for a friend.",
)


def page_paragraphs(number: int, total: int) -> list[str]:
    """Heading, paragraphs and the page's address, `WORDS_PER_PAGE` words in all."""
    words = Random(f"page {number}")  # noqa: S311  (the same text for everybody, no secret)
    body = [
        " ".join(_sentence(words, shape) for shape in words.sample(SENTENCE_SHAPES, SENTENCES))
        for _ in range(PARAGRAPHS)
    ]
    heading = f"Field notes of the harbour, page {number} of {total}"
    return [heading, *body, page_address(number)]


def page_address(number: int) -> str:
    """The one link of the page."""
    return f"https://example.org/field-notes/{number}"


def _sentence(words: Random, shape: str) -> str:
    return shape.format(**{gap: words.choice(choice.split()) for gap, choice in GAPS.items()})
