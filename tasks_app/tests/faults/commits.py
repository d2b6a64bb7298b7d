"""PostgreSQL's protocol, as far as one must read it to see that something was committed.

A message is a letter, a length of four bytes that counts itself, and the content. An answer to a
client ends with `Z` (ReadyForQuery) and says `I` when no transaction is open any more; `C`
(CommandComplete) names what was done. See "Message Formats" in PostgreSQL's documentation.
"""

from collections.abc import Iterator
from typing import NamedTuple

_HEAD = 5
_WRITES = (b"INSERT", b"UPDATE", b"DELETE")
# Of what a client asks only so much is remembered.
_REMEMBERED = 65_536


class Answer(NamedTuple):
    """Whether something was committed with it, and whether no transaction is open after it."""

    data: bytes
    is_committed: bool
    is_idle: bool


class Answers:
    """The stream from server to client, in whole answers."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: list[bytes] = []
        self._has_written = False

    def feed(self, data: bytes) -> Iterator[Answer]:
        """The answers that end in `data`."""
        for message in self._messages(data):
            self._answer.append(message)
            kind, content = message[:1], message[_HEAD:]
            if kind == b"C":
                is_undone = content.startswith(b"ROLLBACK")
                self._has_written = not is_undone and (
                    self._has_written or _tells_of_a_write(content)
                )
            if kind == b"Z":
                yield self._end(is_idle=content == b"I")

    def rest(self) -> bytes:
        """What came last, when no more will come: the words with which a server hangs up."""
        return self._taken() + self._received

    def _end(self, is_idle: bool) -> Answer:
        answer = Answer(self._taken(), is_idle and self._has_written, is_idle)
        self._has_written &= not is_idle
        return answer

    def _messages(self, data: bytes) -> Iterator[bytes]:
        self._received += data
        while len(self._received) >= _HEAD:
            size = 1 + int.from_bytes(self._received[1:_HEAD], "big")
            if len(self._received) < size:
                return
            message, self._received = self._received[:size], self._received[size:]
            yield message

    def _taken(self) -> bytes:
        answer, self._answer = b"".join(self._answer), []
        return answer


def _tells_of_a_write(content: bytes) -> bool:
    """`INSERT 0 1`, `UPDATE 3`: the last word is the number of rows."""
    words = content.rstrip(b"\0").split()
    return words[0] in _WRITES and words[-1] != b"0"


class Questions:
    """The stream from client to server: what was asked in the transaction that is open."""

    def __init__(self) -> None:
        self.asked = b""

    def note(self, data: bytes) -> None:
        self.asked = (self.asked + data)[-_REMEMBERED:]

    def forget(self) -> None:
        """The transaction is over."""
        self.asked = b""
