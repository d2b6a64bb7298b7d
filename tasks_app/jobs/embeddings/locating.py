"""Finding the triples file, and never anything outside the input folder."""

from pathlib import Path
from typing import Any

from tasks_app.jobs.embeddings.exceptions import (
    InvalidInputData,
    TriplesMissing,
    TriplesOutsideFolder,
)

LONGEST_PATH = 1000


def find_triples(folder: Path, input_data: Any) -> Path:
    """The real path of the file that `input_data` names relative to `folder`, links resolved.

    A link that stays inside the folder is followed. Raises InvalidInputData,
    TriplesOutsideFolder or TriplesMissing.
    """
    _check_path(input_data)
    folder = folder.resolve()
    try:
        real: Path = (folder / input_data).resolve()
        is_file = real.is_file()
    except (OSError, RuntimeError) as circular_link:
        raise TriplesMissing.about(input_data) from circular_link
    if Path(input_data).is_absolute() or not real.is_relative_to(folder):
        raise TriplesOutsideFolder.about(input_data)
    if not is_file:
        raise TriplesMissing.about(input_data)
    return real


def _check_path(input_data: Any) -> None:
    # Printable excludes NUL, line ends and lone surrogates, which no file name here has.
    if not isinstance(input_data, str) or not input_data.strip() or not input_data.isprintable():
        raise InvalidInputData.about(input_data)
    if len(input_data) > LONGEST_PATH:
        raise InvalidInputData.about(input_data)
