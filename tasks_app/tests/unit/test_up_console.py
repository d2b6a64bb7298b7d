"""What people read while `up` runs."""

from io import BytesIO, StringIO, TextIOWrapper

from tasks_app.management.supervisor.console import Console


def test_every_line_says_who_speaks():
    written = StringIO()
    console = Console(written, in_colour=False)

    console.line("web", "listening")
    console.line("worker", "at work")
    console.say("ready")

    assert written.getvalue().splitlines() == [
        "web    | listening",
        "worker | at work",
        "up     | ready",
    ]


def test_only_the_prefix_is_coloured():
    written = StringIO()

    Console(written, in_colour=True).line("web", "listening")

    prefix, text = written.getvalue().split("|")
    assert prefix.startswith("\x1b[")
    assert text == "\x1b[0m listening\n"


def test_a_character_the_terminal_does_not_know_is_spelled_out():
    written = BytesIO()

    with TextIOWrapper(written, encoding="ascii") as terminal:
        Console(terminal, in_colour=False).say("naïve")

        assert written.getvalue() == b"up     | na\\xefve\n"


def test_a_closed_terminal_does_not_stop_the_stopping():
    class Closed(StringIO):
        attempts = 0

        def write(self, text: str) -> int:
            self.attempts += 1
            raise BrokenPipeError

    terminal = Closed()
    console = Console(terminal, in_colour=False)
    console.say("stopping")
    console.say("stopped")

    assert terminal.attempts == 1
