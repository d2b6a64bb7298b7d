"""What is sent: requests that differ by a number only, so that sending costs nearly nothing."""

import json
from typing import Any, NamedTuple

# Stands in a path or a body where the number goes; as wide as the number, so that the length of
# the body is known before.
NUMBER = "########"


class Order(NamedTuple):
    """A template for one connection's requests."""

    pieces: tuple[bytes, ...]

    def request(self, number: int) -> bytes:
        """The request with this number."""
        return f"{number:08d}".encode().join(self.pieces)


def order(method: str, path: str, body: Any = None, token: str = "") -> Order:
    """A template for a request with this JSON body, if any, and this bearer token, if any."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
    head += [f"Authorization: Bearer {token}"] if token else []
    head += ["Content-Type: application/json"] if content else []
    whole = "\r\n".join([*head, "", ""]).encode() + content
    return Order(tuple(whole.split(NUMBER.encode())))
