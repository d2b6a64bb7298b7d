"""The Dockerfile as Docker reads it, and which files it puts into the image."""

import json
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

from tasks_app.tests.unit.settings_read import ROOT

_WHOLE_LINE = re.compile(r"^([A-Z]+)\s+(.*)$", re.MULTILINE)


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, as word and the rest of the line, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    found: list[list[tuple[str, str]]] = []
    for word, rest in _WHOLE_LINE.findall(re.sub(r"\s*\\\n\s*", " ", text)):
        found += [[]] if word == "FROM" else []
        found[-1].append((word, rest))
    return found


def told(word: str) -> list[str]:
    """What the stage that is kept says with this instruction, in order."""
    return [rest for name, rest in stages()[-1] if name == word]


def command() -> list[str]:
    """What the image runs when it is told nothing else."""
    words: list[str] = json.loads(told("CMD")[-1])
    return words


def health_check() -> list[str]:
    words: list[str] = json.loads(told("HEALTHCHECK")[-1].partition("CMD ")[2])
    return words


def copied() -> list[str]:
    """What the image gets of the checkout."""
    return [rest.split()[0] for rest in told("COPY") if not rest.startswith("--from")]


def ignored() -> list[str]:
    """The patterns of .dockerignore that take something out of what it lets in."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if not re.match(r"[#!]|\*$|$", line)]


def let_in() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def lay_out(folder: Path) -> None:
    """Copy into this folder what the Dockerfile copies to the image's working folder."""
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_ignored_in)
        else:
            shutil.copy(source, folder / name)


def _ignored_in(folder: str, names: list[str]) -> set[str]:
    inside = Path(folder).relative_to(ROOT)
    patterns = [pattern.removeprefix("**/") for pattern in ignored()]
    return {
        name
        for name in names
        for pattern in patterns
        if fnmatch(name, pattern) or fnmatch(str(inside / name), pattern)
    }
