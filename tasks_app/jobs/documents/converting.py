"""From a document in the input folder to counts and a file in the output folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks_app.jobs.documents.document import Document
from tasks_app.jobs.documents.exceptions import OutputOutsideFolder, OutputReplacesInput
from tasks_app.jobs.documents.options import Options
from tasks_app.jobs.documents.reading import open_document
from tasks_app.jobs.documents.writing import Writer, opened_writer
from tasks_app.jobs.whole_files import written_whole

# Called after each page with its number and the number of all pages; raises to stop.
OnPage = Callable[[int, int], None]


def convert(
    source: Path, input_folder: Path, output_folder: Path, options: Options, on_page: OnPage
) -> dict[str, Any]:
    """Count the document and write it as `options` say; answers paths relative to the folders.

    Whatever `on_page` raises ends the work and leaves no file. Raises what `open_document`
    raises, OutputReplacesInput and OutputOutsideFolder.
    """
    document = open_document(source)
    relative = source.relative_to(input_folder.resolve())
    output = output_name(relative, options.format)
    target = _checked_target(output_folder.resolve(), output, source)
    with written_whole(target) as stream, opened_writer(options, source, stream) as writer:
        counts = _copy_pages(document, writer, options.quality.links_listed, on_page)
    return {
        "input": relative.as_posix(),
        "output": output.as_posix(),
        "format": options.format,
        "quality": options.quality.name,
        **counts,
        "bytes_read": source.stat().st_size,
        "bytes_written": target.stat().st_size,
        "font": writer.font,
        "characters_replaced": writer.characters_replaced,
    }


def output_name(relative: Path, format_name: str) -> Path:
    """The document's own name and the new ending: `a.md` and `a.txt` do not overwrite each other.

    An ending that is already there is not doubled: `a.pdf` as PDF is `a.pdf`.
    """
    ending = f".{format_name}"
    return relative if relative.suffix == ending else relative.with_name(relative.name + ending)


def _checked_target(folder: Path, output: Path, source: Path) -> Path:
    target = folder / output
    if target.resolve() == source:
        raise OutputReplacesInput.about(output.as_posix())
    if not target.parent.resolve().is_relative_to(folder):
        raise OutputOutsideFolder.about(output.as_posix())
    return target


def _copy_pages(
    document: Document, writer: Writer, links_listed: bool, on_page: OnPage
) -> dict[str, int]:
    words = links = 0
    addresses: dict[str, None] = {}
    for page in document.pages:
        words += page.words
        links += len(page.links)
        addresses |= dict.fromkeys(page.links)
        writer.add(page)
        on_page(page.number, document.total)
    writer.finish(list(addresses) if links_listed else [])
    return {"pages_processed": document.total, "words": words, "links": links}
