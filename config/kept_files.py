"""What an installation keeps in files: its key, the broker that `up` started, the code's commit."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_text(path: Path) -> str:
    """What stands in the file; empty where there is none."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def kept_secret(path: Path) -> str:
    """A key made once, readable by its owner only; empty where the folder cannot be written.

    Made whole beside its place and then put there: of several processes one wins, and none reads
    half a key.
    """
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(50))
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
    return kept_text(path)


def checked_out_commit(base: Path) -> str:
    """The commit of the checkout, so that every run can say which code it ran; empty without git.

    Read from git's own files: asking the program would cost every process its start.
    """
    git = base / ".git"
    head = kept_text(git / "HEAD")
    ref = head.removeprefix("ref: ")
    if ref == head:
        return head[:12]
    packed = kept_text(git / "packed-refs").splitlines()
    found = kept_text(git / ref) or next((line for line in packed if line.endswith(ref)), "")
    return found[:12]
