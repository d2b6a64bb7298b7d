"""Tests in this process wait for the broker longer than programs do."""

from collections.abc import Iterator

import pytest

from config import celery_app
from tasks_app.broker import connecting

# Seconds. A broker that waits for a busy disk is no broker that hangs.
PATIENCE = 30


@pytest.fixture(autouse=True)
def _waits_for_the_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    times = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    patient = {**celery_app.conf.broker_transport_options, **times}
    monkeypatch.setitem(celery_app.conf, "broker_transport_options", patient)
    monkeypatch.setattr(connecting, "PUSH_PATIENCE", PATIENCE)
    connecting._connection.cache_clear()
    yield
    connecting._connection.cache_clear()
