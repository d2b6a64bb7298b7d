"""Links that can be hurt: a TCP proxy between one process and one server."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from tasks_app.tests.faults.commits import Answers, Questions

# A Unix socket or a host and port.
Address = Path | tuple[str, int]
_PIECE = 65_536
_PATIENCE = 5.0
_PAUSE = 0.02


class Link:
    """One way to a server. It passes everything until it is told otherwise, from any thread."""

    def __init__(self, server: Address, proxy: "Proxy") -> None:
        self.server = server
        self._proxy = proxy
        self._connections: set[_Connection] = set()
        self.port = 0
        # New connections are closed at once.
        self.refuses = False
        # A black hole: connections stay, and nothing passes.
        self.holds = False
        # Seconds by which each piece is late, either way.
        self.delay = 0.0
        self._to_swallow = 0
        self._swallow_after = b""
        self.swallowed = 0

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        self._proxy.call(self._reset_all())

    def swallow_commits(self, count: int = 1, *, after: bytes = b"") -> None:
        """Let the answers to the next commits go missing, and the connection with them.

        With `after`, only those of transactions in which these bytes were asked.
        """
        self._to_swallow, self._swallow_after = count, after

    def heal(self) -> None:
        """Pass everything again. What a black hole swallowed is gone, and its connections too."""
        if self.holds:
            self.cut()
        self.refuses = self.holds = False
        self.delay, self._to_swallow = 0.0, 0

    def is_swallowed(self, asked: bytes) -> bool:
        """Whether the answer to this transaction, which was committed, goes missing."""
        if self._to_swallow <= 0 or self._swallow_after not in asked:
            return False
        self._to_swallow -= 1
        self.swallowed += 1
        return True

    async def _reset_all(self) -> None:
        for connection in list(self._connections):
            connection.reset()

    async def listen(self) -> None:
        """On a free port of this machine, until the proxy ends."""
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more. In the proxy's loop."""
        self._listener.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self, reader, writer)
        self._connections.add(connection)
        try:
            # Cancelled is who is still connected when the proxy ends.
            with suppress(OSError, asyncio.CancelledError):
                if not self.refuses:
                    await connection.run()
        finally:
            connection.reset()
            self._connections.discard(connection)


class _Connection:
    """Pumps both ways until either side ends."""

    def __init__(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._link = link
        self._reader = reader
        self._writers = [writer]

    async def run(self) -> None:
        reader, writer = await _connect(self._link.server)
        self._writers.append(writer)
        to_client = self._writers[0]
        if isinstance(self._link.server, Path):
            pumps = self._pump_postgresql(reader, writer, to_client)
        else:
            pumps = [self._pump(self._reader, writer), self._pump(reader, to_client)]
        tasks = [asyncio.ensure_future(pump) for pump in pumps]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _pump_postgresql(self, reader: Any, writer: Any, to_client: Any) -> list[Coroutine]:
        questions = Questions()
        asking = self._pump(self._reader, writer, questions.note)
        return [asking, self._pump_answers(reader, to_client, questions)]

    async def _pump(
        self, reader: Any, writer: Any, note: Callable[[bytes], None] = lambda _: None
    ) -> None:
        while data := await reader.read(_PIECE):
            note(data)
            await self._pass_on(data, writer)

    async def _pump_answers(self, reader: Any, writer: Any, questions: Questions) -> None:
        answers = Answers()
        while data := await reader.read(_PIECE):
            for answer in answers.feed(data):
                if answer.is_committed and self._link.is_swallowed(questions.asked):
                    return
                if answer.is_idle:
                    questions.forget()
                await self._pass_on(answer.data, writer)
        await self._pass_on(answers.rest(), writer)

    async def _pass_on(self, data: bytes, writer: Any) -> None:
        if self._link.delay:
            await asyncio.sleep(self._link.delay)
        while self._link.holds:
            await asyncio.sleep(_PAUSE)
        writer.write(data)
        await writer.drain()

    def reset(self) -> None:
        """End both sides at once; what was passed on before still arrives."""
        for writer in self._writers:
            with suppress(RuntimeError, OSError):
                writer.close()


async def _connect(server: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(server, Path):
        return await asyncio.open_unix_connection(server)
    return await asyncio.open_connection(*server)


class Proxy:
    """Runs links in a thread of its own, while the block lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._links: list[Link] = []

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    def link(self, server: Address) -> Link:
        """A new way to a server: a Unix socket is one of PostgreSQL."""
        link = Link(server, self)
        self.call(link.listen())
        self._links.append(link)
        return link

    def call(self, coroutine: Coroutine) -> None:
        """Run it in the loop, and wait for its end."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE)

    async def _end(self) -> None:
        for link in self._links:
            link.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        # What was closed is torn down in the loop's next turns.
        await asyncio.sleep(_PAUSE)
