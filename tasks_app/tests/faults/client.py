"""A client of the API that knows what it was told and what it was not."""

import http.client
import json
import time
from typing import Any, NamedTuple

# An answer that takes longer never came.
PATIENCE = 5.0
ACKNOWLEDGED, REFUSED, UNKNOWN = "acknowledged", "refused", "unknown"
_SUCCESS, _REFUSALS = range(200, 300), range(400, 500)


class Answer(NamedTuple):
    """What a request came to; `status` 0 is no answer. `asked_at` is this machine's wall clock."""

    outcome: str
    status: int
    body: Any
    asked_at: float
    seconds: float


class Client:
    """Any thread may use it; each request has a connection of its own."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Connection": "close",
        }

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One request to `/api/v1/`. An error of the server leaves open what it did before."""
        asked_at, began = time.time(), time.monotonic()
        status, told = self._ask(method, path, body)
        if status in _SUCCESS:
            outcome = ACKNOWLEDGED
        else:
            outcome = REFUSED if status in _REFUSALS else UNKNOWN
        return Answer(outcome, status, told, asked_at, time.monotonic() - began)

    def _ask(self, method: str, path: str, body: object) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"/api/v1/{path}", content, self._headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (TimeoutError, OSError, http.client.HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()
