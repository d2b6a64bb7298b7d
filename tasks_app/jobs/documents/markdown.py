"""Our Markdown: CommonMark with tables, in which HTML is text and links are harmless."""

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType

from tasks_app.jobs.documents.addresses import find_addresses

PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def text_and_links(tokens: list[Token]) -> tuple[str, tuple[str, ...]]:
    """What a reader sees of parsed Markdown, a blank line between blocks, and its links.

    A link counts wherever it leads; an address printed in the text counts as a link too, but
    not in code and not once more where it is the text of a link.
    """
    blocks: list[str] = []
    links: list[str] = []
    for token in tokens:
        if token.type == "inline":
            blocks.append("".join(_visible(child) for child in token.children or ()))
            links += _links(token.children or [])
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
    return "\n\n".join(blocks), tuple(links)


def parse(source: str, environment: EnvType) -> list[Token]:
    """Tokens of one page; `environment` carries link definitions from other pages."""
    return PARSER.parse(source, environment)


def html_of(tokens: list[Token], environment: EnvType) -> str:
    """HTML of one page: tags in the source are escaped, `javascript:` links stay text."""
    return str(PARSER.renderer.render(tokens, PARSER.options, environment))


def _visible(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    # An image shows its description here: nothing is loaded.
    return token.content if token.type in ("text", "code_inline", "image") else ""


def _links(children: list[Token]) -> list[str]:
    found: list[str] = []
    inside = False
    for token in children:
        if token.type == "link_open":
            inside = True
            found.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            inside = False
        elif token.type == "text" and not inside:
            found += find_addresses(token.content)
    return found
