"""As much of HTTP as the load generator must read: where an answer ends, and its status."""

from typing import NamedTuple

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
# `HTTP/1.1 202 ...`
STATUS = slice(9, 12)


class NotUnderstood(ValueError):
    """An answer without a Content-Length: nobody knows where it ends."""

    def __init__(self, head: bytes) -> None:
        super().__init__(f"An answer without Content-Length cannot be counted: {head[:200]!r}")


class Answer(NamedTuple):
    """A whole answer. What came after it would be the next one's."""

    status: int
    body: bytes


def read_answer(received: bytes) -> Answer | None:
    """The answer, once all of it is there; else None. Raises NotUnderstood."""
    end_of_head = received.find(END_OF_HEAD)
    if end_of_head < 0:
        return None
    head = received[:end_of_head].lower()
    _, found, after = head.partition(b"\r\n" + LENGTH)
    if not found:
        raise NotUnderstood(head)
    begin = end_of_head + len(END_OF_HEAD)
    end = begin + int(after.partition(b"\r\n")[0])
    if len(received) < end:
        return None
    return Answer(int(received[STATUS]), received[begin:end])
