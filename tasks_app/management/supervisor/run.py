"""`manage.py up` from the first look at the folder to the last child's end."""

import time
from collections.abc import Callable

import psutil
from celery import current_app
from django.conf import settings

from tasks_app.management.supervisor import (
    configured_broker,
    demo,
    embedded_broker,
    first_start,
    ports,
    programs,
    readiness,
)
from tasks_app.management.supervisor.console import Console
from tasks_app.management.supervisor.exceptions import BrokerSilent
from tasks_app.management.supervisor.lock import only_up_in
from tasks_app.management.supervisor.options import Options
from tasks_app.management.supervisor.pid_file import PidFile
from tasks_app.management.supervisor.stop_request import StopRequest, StopRequested
from tasks_app.management.supervisor.supervisor import Supervisor
from tasks_app.management.supervisor.welcome import welcome

BROKER_PATIENCE = 20.0  # seconds; a long append-only file takes some to read
STOPPING = "stopping; running jobs get 10 s, and none if you press Ctrl-C again"
READY_PATIENCE = 60.0  # seconds until people are told what is missing


class Run:
    """One `up`. Raises CannotStart, and then nothing is left running."""

    def __init__(self, options: Options, console: Console) -> None:
        self._options = options
        self._console = console

    def __call__(self) -> None:
        with only_up_in(settings.VAR_DIR), StopRequest() as stop_request:
            pid_file = PidFile(settings.VAR_DIR / "up.pids")
            if ended := pid_file.end_leftovers():
                self._console.say(f"ended {ended} process(es) that the last start left behind")
            if self._options.run_web:
                ports.refuse_unusable(self._options.host, self._options.port)
            supervisor = Supervisor(self._console, stop_request, pid_file)
            try:
                self._start(supervisor, stop_request)
                supervisor.run()
            except StopRequested:
                pass
            finally:
                if stop_request.is_made:
                    self._console.say(STOPPING)
                supervisor.stop()

    def _start(self, supervisor: Supervisor, stop_request: StopRequest) -> None:
        broker_url = self._broker(supervisor)
        if first_start.migrate():
            self._console.say("the database is up to date")
        stop_request.obey()
        parts = self._parts(supervisor, broker_url)
        # The children load meanwhile; none of them needs a sample to be ready.
        first_start.write_missing_samples()
        self._wait_for(parts, supervisor)
        self._announce()
        readiness.forget_connection()

    def _broker(self, supervisor: Supervisor) -> str:
        """The URL of a broker that answers: the configured one, or one of our own."""
        if settings.BROKER_IS_CONFIGURED:
            configured_broker.refuse_unreachable()
            return str(settings.CELERY_BROKER_URL)
        program, url = embedded_broker.prepare(settings.VAR_DIR)
        supervisor.start(program)
        if not supervisor.wait_until(lambda: embedded_broker.answers(url), BROKER_PATIENCE):
            raise BrokerSilent(BROKER_PATIENCE)
        # The settings were read before this broker had an address.
        current_app.conf.update(broker_url=url)
        return url

    def _parts(self, supervisor: Supervisor, broker_url: str) -> dict[str, Callable[[], bool]]:
        """Start what was asked for, last what stops first; answer how each tells it is ready."""
        options = self._options
        told = programs.environment(options, broker_url)
        ready: dict[str, Callable[[], bool]] = {}
        if options.run_worker:
            worker = supervisor.start(programs.worker(options, told))
            ready["worker"] = lambda: readiness.worker_is_heard(worker)
        if options.run_beat:
            beat = supervisor.start(programs.beat(options, told))
            ready["beat"] = lambda: readiness.beat_is_heard(beat)
        if options.run_web:
            supervisor.start(programs.web(options, told))
            ready["web"] = lambda: readiness.web_answers(options)
        return ready

    def _wait_for(self, parts: dict[str, Callable[[], bool]], supervisor: Supervisor) -> None:
        for name, is_ready in parts.items():
            while not supervisor.wait_until(is_ready, READY_PATIENCE):
                missing = readiness.what_is_missing(self._options)
                self._console.say(f"{name} is not ready yet; its lines above say why. {missing}")

    def _announce(self) -> None:
        superuser, new_password = first_start.first_superuser()
        if self._options.demo and (made := demo.make_demo_tasks(superuser)):
            self._console.say(f"made {made} example task(s)")
        # From when the process began, as people count: loading Django is part of the wait.
        seconds = time.time() - psutil.Process().create_time()
        for line in welcome(self._options, superuser.username, new_password, seconds):
            self._console.plain(line)
