"""Everything that anybody pushes into a queue, as the broker itself tells it."""

import base64
import json
import threading
from typing import Any

from redis.client import Monitor

from tasks_app.tests.servers.broker import Broker

ENOUGH = "ECHO enough"


class Overheard:
    """The messages that reached the broker's queues while the block lasted."""

    def __init__(self, broker: Broker) -> None:
        self.messages: list[dict[str, Any]] = []
        self._broker = broker
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._listens = threading.Event()

    def __enter__(self) -> "Overheard":
        self._thread.start()
        assert self._listens.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.client.echo("enough")
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _listen(self) -> None:
        monitor: Monitor
        with self._broker.client.monitor() as monitor:
            self._listens.set()
            while (said := monitor.next_command())["command"] != ENOUGH:
                verb, _, rest = said["command"].partition(" ")
                # Plain Celery works in other databases of the same server.
                if verb == "LPUSH" and said["db"] == 0:
                    self.messages.append(json.loads(rest[rest.index("{") :]))


def body_of(message: dict[str, Any]) -> list[Any]:
    """Arguments, keywords, and what Celery embeds: callbacks, errbacks, chain and chord."""
    assert message["properties"]["body_encoding"] == "base64"
    return list(json.loads(base64.b64decode(message["body"])))
