"""What an installation keeps in files."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from config.kept_files import checked_out_commit, kept_secret, kept_text
from tasks_app.tests.rivals import at_once


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"

    first, second = kept_secret(path), kept_secret(path)

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_of_several_that_make_a_key_all_read_the_same(tmp_path: Path) -> None:
    keys = at_once(lambda _: kept_secret(tmp_path / "secret.key"), range(4))

    assert len({key for key in keys if isinstance(key, str) and key}) == 1


def test_where_nothing_can_be_written_there_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert kept_secret(tmp_path / "file" / "secret.key") == ""


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert kept_text(tmp_path / "broker.url") == ""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        _git(tmp_path, *words)
    return tmp_path


def _git(folder: Path, *words: str) -> str:
    person = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
    person |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    done = subprocess.run(
        ["git", *words],  # noqa: S607  (git is where the caller's PATH says)
        cwd=folder,
        env={**os.environ, **person},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("state", [[], ["pack-refs", "--all"], ["checkout", "-q", "--detach"]])
def test_the_commit_is_known_however_git_keeps_it(checkout: Path, state: list[str]) -> None:
    if state:
        _git(checkout, *state)

    assert checked_out_commit(checkout) == _git(checkout, "rev-parse", "HEAD")[:12]


def test_without_git_there_is_no_commit(tmp_path: Path) -> None:
    assert checked_out_commit(tmp_path) == ""
