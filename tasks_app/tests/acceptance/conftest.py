"""What plain Celery does, once for all that compare with it."""

import pytest

from tasks_app.tests.ordinary.both_sides import Told, run_on_plain_celery
from tasks_app.tests.servers.broker import Broker


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Told:
    """What plain Celery makes of the ordinary scenarios."""
    return run_on_plain_celery(tmp_path_factory.mktemp("plain"), broker)
