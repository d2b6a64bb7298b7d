"""When a part is ready: web answers, worker and beat wrote their heartbeat."""

import http.client
import json

from django.conf import settings
from django.db import connection

from tasks_app.management.supervisor.child import Child
from tasks_app.management.supervisor.options import Options
from tasks_app.models import Beat, Worker

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (asked, not bound)


def web_answers(options: Options) -> bool:
    """Whether the web process lives and, where all parts run, calls the whole ready."""
    if _ask(options, "/healthz")[0] != http.HTTPStatus.OK:
        return False
    # Without a worker or a beat `/readyz` rightly never says yes.
    return not options.runs_everything or _ask(options, "/readyz")[0] == http.HTTPStatus.OK


def what_is_missing(options: Options) -> str:
    """What `/readyz` complains of, as one line; empty where nothing runs that would know."""
    try:
        checks = json.loads(_ask(options, "/readyz")[1])["checks"]
        return ", ".join(f"{name}: {fact}" for name, fact in checks.items() if not fact["ok"])
    except (ValueError, KeyError, TypeError):
        return ""


def worker_is_heard(child: Child) -> bool:
    """This very process: the row of an earlier start may still look alive."""
    return Worker.objects.alive().filter(pid=child.pid).exists()


def beat_is_heard(child: Child) -> bool:
    """This very process, with its first sweep done."""
    return Beat.objects.alive().filter(pid=child.pid).exists()


def forget_connection() -> None:
    """`up` waits for hours after the last question; nobody should hold a connection that long."""
    connection.close()


def _ask(options: Options, path: str) -> tuple[int, bytes]:
    """Status and body; (0, b"") where nobody answers."""
    host = ANY_ADDRESS.get(options.host, options.host)
    web = http.client.HTTPConnection(host, options.port, timeout=5)
    try:
        web.request("GET", path, headers={"Host": _allowed_host()})
        answer = web.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        web.close()


def _allowed_host() -> str:
    """A name under which the web process accepts to be asked."""
    named = (host.lstrip(".") for host in settings.ALLOWED_HOSTS if "*" not in host)
    return next(named, "localhost")
