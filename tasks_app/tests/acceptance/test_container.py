"""What the image holds is enough to run, as docker-compose.yml says it: tried without Docker."""

import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tasks_app.tests.acceptance.up import free_port
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.servers.process import ServerProcess
from tasks_app.tests.system import System, a_system, ends, eventually, heard_of, starts
from tasks_app.tests.unit import image
from tasks_app.tests.unit.compose import address_for_libpq, compose

SERVICES = compose()["services"]
LONG_JOB = "tasks_app.jobs.common_tasks.long_running_task"


class Container:
    """The files of the image in a folder, and the programs that run from there."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._started: list[ServerProcess] = []
        image.lay_out(folder)

    def start(self, words: list[str], **environment: str) -> ServerProcess:
        """Start a command of the image with this environment's Python."""
        program, *rest = words
        module = [] if program == "python" else ["-m", program]
        self._started.append(
            ServerProcess(
                [sys.executable, *module, *rest],
                directory=self._folder,
                environment=self._environment | environment,
            )
        )
        return self._started[-1]

    def succeeds(self, words: list[str], **environment: str) -> bool:
        """Run a command of the image to its end."""
        return self.start(words, **environment).process.wait(30) == 0

    def is_healthy(self, service: str) -> bool:
        """Ask as Docker does."""
        words = SERVICES[service]["healthcheck"]["test"][1:]
        return self.succeeds(words, DATABASE_URL=address_for_libpq())

    def stop(self) -> None:
        for process in self._started:
            process.stop(signal.SIGKILL)


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """Database and broker, with no process on them."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada, CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT="1") as system:
        yield system


@pytest.fixture
def container(tmp_path: Path, system: System) -> Iterator[Container]:
    folder = tmp_path / "app"
    folder.mkdir()
    made = Container(folder, system.environment() | {"CELERY_WORKER_CONCURRENCY": "1"})
    yield made
    made.stop()


def test_its_tables_are_up_to_date_after_migrate(container: Container) -> None:
    assert container.succeeds(SERVICES["migrate"]["command"])


def test_web_answers(container: Container) -> None:
    port = free_port()
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in image.command()]
    ask = "import sys; sys.path.insert(0, 'config'); from container_health import ADDRESSES, main"

    web = container.start(words)

    asked = f"{ask}; ADDRESSES['web'] = ({port}, '/healthz'); main('web')"
    eventually(lambda: container.succeeds(["python", "-c", asked]), within=30)
    web.stop(signal.SIGTERM)
    assert web.process.returncode == 0


@pytest.mark.postgresql
def test_worker_and_beat_are_healthy_and_a_stopped_worker_gives_back_what_it_runs(
    container: Container, system: System
) -> None:
    worker = container.start(SERVICES["worker"]["command"])
    container.start(SERVICES["beat"]["command"])
    for name in ("worker", "beat"):
        eventually(partial(container.is_healthy, name), within=30)
    assert ends(system.run("tasks_app.jobs.common_tasks.test_celery")).status == "success"
    long = heard_of(starts(system.run(LONG_JOB, 60)))

    worker.stop(getattr(signal, SERVICES["worker"]["stop_signal"]))

    long.refresh_from_db()
    assert (long.status, long.worker_deaths) == ("pending", 0)
