"""A real system for each test that may break it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tasks_app.tests.ordinary.both_sides import Told, run_on_plain_celery
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, a_system


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """A worker and a beat of this test's own, on an empty database and an empty broker."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        system.start()
        yield system


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Told:
    """What plain Celery makes of the ordinary scenarios."""
    return run_on_plain_celery(tmp_path_factory.mktemp("plain"), broker)
