"""Whether the program of this container works: `python -P config/container_health.py worker`.

Docker asks every half minute. Django's start would cost a second of CPU each time, this costs a
fifth of one. `-P` keeps this folder off the import path, where `celery.py` would hide Celery.
"""

import http.client
import os
import socket
import sys

ADDRESSES = {"web": (8000, "/healthz"), "flower": (5555, "/healthcheck")}
# The host's name stands in the row's key: `belfry@HOST` of a worker, `HOST@PID` of a beat.
HEARD_LATELY = {
    "worker": "SELECT FROM workers WHERE split_part(hostname, '@', 2) = %(host)s"
    " AND seen_at > now() - %(silence)s::interval",
    "beat": "SELECT FROM beats WHERE split_part(name, '@', 1) = %(host)s"
    " AND seen_at > now() - %(silence)s::interval"
    " AND swept_at > now() - %(silence)s::interval",
}
# Beyond any delay that a busy host explains.
SILENCE = "60 s"


def main(program: str) -> None:
    """Return if it works; exit with 1 and a sentence for `docker inspect` if not."""
    try:
        complaint = _page(*ADDRESSES[program]) if program in ADDRESSES else _row(program)
    except Exception as error:  # a server that is gone fails in many ways
        complaint = f"{type(error).__name__}: {error}"
    if complaint:
        sys.exit(complaint)


def _page(port: int, path: str) -> str:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    web.request("GET", path, headers={"Host": _allowed_host()})
    status = web.getresponse().status
    web.close()
    return "" if status == http.HTTPStatus.OK else f"{path} answers {status}"


def _allowed_host() -> str:
    """A name under which the web process accepts to be asked."""
    named = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return named.removeprefix(".") or "localhost"


def _row(program: str) -> str:
    import psycopg

    facts = {"host": socket.gethostname(), "silence": SILENCE}
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as database:
        rows = database.execute(HEARD_LATELY[program], facts).rowcount
    return "" if rows else f"not heard from for {SILENCE}"


if __name__ == "__main__":
    main(sys.argv[1])
