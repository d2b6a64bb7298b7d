"""A document's reader: pastes its commands into a shell in which TOKEN is set."""

import http.client
import json
import os
import shlex
import shutil
import subprocess
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

DOCUMENTED = "localhost:8000"
# What curl reads beside its command line, which stays as it is printed.
OPTIONS = 'silent\nshow-error\nnoproxy = "*"\nwrite-out = "\\n%{http_code}"\n'


class Answer(NamedTuple):
    status: int
    body: Any


class Reader:
    """Sends commands to the server on `port`; only host, port and `{task_id}` are replaced."""

    def __init__(self, folder: Path, port: int, token: str) -> None:
        (folder / ".curlrc").write_text(OPTIONS)
        self._folder = folder
        self._host = f"127.0.0.1:{port}"
        self._token = token

    def send(self, command: str, task_id: str = "") -> Answer:
        """What the server answers."""
        filled = command.replace(DOCUMENTED, self._host).replace("{task_id}", task_id)
        return self._by_curl(filled) if shutil.which("curl") else self._by_python(filled)

    def _by_curl(self, command: str) -> Answer:
        told = {"TOKEN": self._token, "CURL_HOME": str(self._folder)}
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env=os.environ | told,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        body, _, status = done.stdout.rpartition("\n")
        return _answer(int(status), body)

    def _by_python(self, command: str) -> Answer:
        """The same bytes, where no curl is installed."""
        words = shlex.split(command.replace("\\\n", " ").replace("$TOKEN", self._token))
        given = list(pairwise(words))
        [method] = [value for name, value in given if name == "-X"]
        headers = dict(value.split(": ", 1) for name, value in given if name == "-H")
        body = next((value.encode() for name, value in given if name == "-d"), None)
        address = urlsplit(next(word for word in words if word.startswith("http://")))
        path = address._replace(scheme="", netloc="").geturl()
        with closing(http.client.HTTPConnection(self._host, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return _answer(answer.status, answer.read().decode())


def _answer(status: int, body: str) -> Answer:
    return Answer(status, json.loads(body) if body else None)
