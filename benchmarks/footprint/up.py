"""`manage.py up` as on a laptop: SQLite, its own broker, a worker of two children."""

import http.client
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.cell import ROOT
from tasks_app.management.supervisor import ports
from tasks_app.tests.servers.process import ServerProcess

PATIENCE = 90.0


@contextmanager
def running_up() -> Iterator[psutil.Process]:
    """In a fresh folder, ready when the block begins, ended with it."""
    with TemporaryDirectory(prefix="belfry-footprint-") as folder:
        port = ports.any_free()
        up = ServerProcess(_command(Path(folder), port), directory=Path(folder))
        try:
            up.wait_until(lambda: _is_ready(port), seconds=PATIENCE)
            yield psutil.Process(up.process.pid)
        finally:
            up.stop()


def _command(folder: Path, port: int) -> list[str]:
    """It sees nothing of the caller's settings: no `.env`, no database, no broker."""
    kept = [f"{name}={os.environ[name]}" for name in ("PATH", "HOME") if name in os.environ]
    told = [f"VAR_DIR={folder / 'var'}", "BELFRY_IGNORE_DOTENV=true"]
    flags = ["--worker-concurrency", "2", "--api-port", str(port)]
    return ["env", "-i", *kept, *told, sys.executable, str(ROOT / "manage.py"), "up", *flags]


def _is_ready(port: int) -> bool:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        web.request("GET", "/readyz")
        return web.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
