"""What people read while `up` runs: every line says who speaks."""

from typing import Protocol

from django.utils import termcolors

COLOURS = {"broker": "magenta", "web": "cyan", "worker": "green", "beat": "yellow", "up": "blue"}


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


class Console:
    def __init__(self, stream: Stream, *, in_colour: bool) -> None:
        self._stream = stream
        self._in_colour = in_colour
        self._is_gone = False

    def say(self, sentence: str) -> None:
        self.line("up", sentence)

    def line(self, name: str, text: str) -> None:
        prefix = f"{name:<7}|"
        if self._in_colour:
            prefix = termcolors.colorize(
                prefix, fg=COLOURS.get(name, COLOURS["up"]), opts=("bold",)
            )
        self.plain(f"{prefix} {text}")

    def plain(self, text: str) -> None:
        if self._is_gone:
            return
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            self._stream.flush()
        except OSError:
            # The terminal was closed or the pipe broke; that must not keep children from their end.
            self._is_gone = True
