"""docker-compose.yml as Compose reads it, and what stands in it as text."""

import re
from typing import Any

import yaml
from django.db import connection

from tasks_app.tests.unit.settings_read import ROOT

FILE = ROOT / "docker-compose.yml"
# `$$` is a dollar sign for the container's own shell.
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)((?::[-?])[^}]*)?\}")


def compose_text() -> str:
    return FILE.read_text()


def compose() -> dict[str, Any]:
    """With its anchors resolved and its variables as they stand."""
    read: dict[str, Any] = yaml.safe_load(compose_text())
    return read


def address_for_libpq() -> str:
    """The test's database as PostgreSQL's own client reads it: sockets are spelled otherwise."""
    database = connection.settings_dict
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
