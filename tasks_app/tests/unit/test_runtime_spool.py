"""The spool: files that are complete or not there, and that nobody else may read."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tasks_app.lifecycle import Claim
from tasks_app.runtime import spool, words
from tasks_app.runtime.words import Word


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return tmp_path / "var" / "spool"


def a_word(result: object = 3) -> Word:
    return words.success(Claim(uuid4(), uuid4()), result)


def test_a_word_is_kept_until_it_is_removed(folder):
    word = a_word()
    assert spool.waiting() == []

    assert spool.put(word)

    [path] = spool.waiting()
    assert spool.read(path) == spool.word_of(word.claim.token) == word
    assert spool.remove(word.claim.token)
    assert not spool.remove(word.claim.token)
    assert list(folder.iterdir()) == []


def test_nobody_else_may_read_what_is_kept(folder):
    spool.put(a_word())

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_first_word_of_an_attempt_stands():
    word = a_word()
    spool.put(word)

    assert spool.put(words.loss(word.claim))

    assert spool.word_of(word.claim.token) == word


def test_a_word_is_never_there_by_half(monkeypatch):
    def cut(self: Path, target: Path) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(Path, "rename", cut)

    assert not spool.put(a_word())
    assert spool.waiting() == []


def test_what_was_never_written_to_its_end_is_swept(folder, monkeypatch):
    with monkeypatch.context() as cut, suppress(RuntimeError):
        cut.setattr(Path, "rename", raiser(RuntimeError("killed")))
        spool.put(a_word())
    [half] = folder.iterdir()
    spool.put(whole := a_word())

    spool.sweep()
    assert half.exists()
    os.utime(half, (0, 0))
    spool.sweep()

    assert not half.exists()
    assert spool.word_of(whole.claim.token) == whole


def raiser(error: Exception) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise error

    return refuse


def test_the_oldest_is_delivered_first_and_one_that_failed_last():
    first, second = a_word(), a_word()
    spool.put(first)
    spool.put(second)
    [path, _] = spool.waiting()

    spool.put_last(path)

    assert [spool.read(path) for path in spool.waiting()] == [second, first]


def test_what_is_set_aside_waits_no_more_and_says_why(folder):
    spool.put(a_word())
    [path] = spool.waiting()

    spool.set_aside(path, ValueError("no word"))

    assert spool.waiting() == []
    assert {path.suffix for path in folder.iterdir()} == {".aside", ".error"}
    assert path.with_suffix(".error").read_text() == "no word\n"


def test_a_file_under_another_attempts_name_is_no_word_of_it():
    spool.put(a_word())
    [path] = spool.waiting()
    other = path.with_name(f"{uuid4()}.json")
    path.rename(other)

    with pytest.raises(ValueError, match="the word of"):
        spool.read(other)


def test_what_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr(spool, "MOST_BYTES", 1000)

    assert not spool.put(a_word("x" * 1000))
    assert spool.waiting() == []


def test_no_more_are_kept_than_a_disk_can_bear(monkeypatch):
    monkeypatch.setattr(spool, "MOST_WORDS", 2)

    assert [spool.put(a_word()) for _ in range(3)] == [True, True, False]


def test_claims_that_may_not_stand_leave_room_for_outcomes(monkeypatch):
    monkeypatch.setattr(spool, "MOST_WORDS", 2)
    unclaims = [words.unclaim(Claim(uuid4(), uuid4())) for _ in range(2)]

    assert [spool.put(word) for word in [*unclaims, a_word()]] == [True, False, True]


def test_a_folder_that_cannot_be_made_costs_no_outcome(folder):
    folder.parent.mkdir()
    folder.write_text("in the way")

    assert not spool.put(a_word())
    assert spool.waiting() == []
