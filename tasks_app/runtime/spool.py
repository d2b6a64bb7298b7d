"""Words that the database was not there to hear: one small file for each, until it is delivered.

A file belongs to one attempt, by its claim's token. It is complete or not there: it is written
under another name, put on disk, and renamed.
"""

import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tasks_app.runtime.words import UNCLAIM, Word

logger = logging.getLogger(__name__)

# A child without the database gets no new run, so each process leaves a few; more is a mistake.
MOST_WORDS = 1000
# A result of the largest size twice, once as it is kept and once as it is passed on.
MOST_BYTES = 8 * 1024 * 1024
# In seconds. A file that is half written for longer is one that nobody writes any more.
LONGEST_WRITE = 60.0
_WORD, _HALF, _ASIDE, _ERROR = ".json", ".half", ".aside", ".error"


def put(word: Word) -> bool:
    """Keep a word; return whether it is on disk. The first word of an attempt stands.

    Never raises: without a file, the word is still repeated as long as its process lives.
    """
    try:
        text = word.as_json()
        if len(text) > MOST_BYTES:
            raise ValueError(f"it has {len(text)} bytes, and {MOST_BYTES} are the most")
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _path(word.claim.token)
        if not path.exists():
            # Of a claim nobody knows whether it stands; what has happened goes first.
            most = MOST_WORDS // 2 if word.verb == UNCLAIM else MOST_WORDS
            if len(waiting()) >= most:
                raise ValueError(f"{most} words wait in {folder} already")
            _write(path, text)
    except (OSError, ValueError, TypeError) as error:
        logger.error("execution=%s %s is not kept: %s", word.claim.id, word.verb, error)
        return False
    return True


def waiting() -> list[Path]:
    """The files that are to be delivered, the oldest first; of those that failed, the last try
    counts."""
    return sorted(_folder().glob(f"*{_WORD}"), key=_tried_at)


def sweep() -> None:
    """Remove what is left of words that were never written to their end. Never raises."""
    for half in _folder().glob(f"*{_HALF}-*"):
        with suppress(OSError):
            if time.time() - half.stat().st_mtime > LONGEST_WRITE:
                half.unlink()


def read(path: Path) -> Word:
    """The word in a file. Raises OSError, and ValueError for what is no word of ours."""
    word = Word.read(path.read_text(encoding="utf-8"))
    if _path(word.claim.token) != path:
        raise ValueError(f"it holds the word of {word.claim.token}")
    return word


def word_of(token: UUID) -> Word | None:
    """What an attempt has said already, if it is kept here."""
    try:
        return read(_path(token))
    except (OSError, ValueError):
        return None


def remove(token: UUID) -> bool:
    """Forget the word of an attempt; False if somebody else has delivered it meanwhile."""
    try:
        _path(token).unlink()
    except OSError:
        return False
    return True


def put_last(path: Path) -> None:
    """Let the others be tried before this one."""
    try:
        # A file system's own clock may stand still for some milliseconds.
        os.utime(path, ns=(time.time_ns(),) * 2)
    except OSError:  # it was delivered meanwhile
        return


def set_aside(path: Path, error: Exception) -> None:
    """Keep a file that cannot be delivered out of the way, with its error beside it."""
    logger.error("%s is set aside, it cannot be delivered: %s", path, error)
    try:
        path.with_suffix(_ERROR).write_text(f"{error}\n", encoding="utf-8")
        path.rename(path.with_suffix(_ASIDE))
    except OSError as problem:
        logger.error("%s stays where it is: %s", path, problem)


def _tried_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # it was delivered meanwhile
        return 0


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "spool"


def _path(token: UUID) -> Path:
    return _folder() / f"{token}{_WORD}"


def _write(path: Path, text: str) -> None:
    half = path.with_suffix(f"{_HALF}-{os.getpid()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.utime(file.fileno(), ns=(time.time_ns(),) * 2)
        os.fsync(file.fileno())
    half.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
