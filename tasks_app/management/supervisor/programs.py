"""The command lines of web, worker and beat."""

import signal
import sys

from django.conf import settings

from tasks_app.management.supervisor.options import Options
from tasks_app.management.supervisor.program import Program, StopStep

JOBS_GET = 10.0  # seconds a running job has to end by itself at Ctrl-C


def environment(options: Options, broker_url: str) -> dict[str, str]:
    """What the children are told beside what `up` itself was told."""
    told = {"CELERY_BROKER_URL": broker_url, "PYTHONUNBUFFERED": "1"}
    return told | ({"DEBUG": "true", "LOG_LEVEL": "DEBUG"} if options.debug else {})


def web(options: Options, told: dict[str, str]) -> Program:
    host = f"[{options.host}]" if ":" in options.host else options.host
    command = [sys.executable, "-m", "gunicorn", "config.wsgi"]
    command += ["--bind", f"{host}:{options.port}", "--worker-class", "gthread", "--threads", "8"]
    command += ["--graceful-timeout", "3", "--no-control-socket"]
    command += ["--log-level", "debug" if options.debug else "warning"]
    command += ["--reload"] if options.reload else []
    return _program("web", command, told, StopStep(signal.SIGTERM, 5))


def worker(options: Options, told: dict[str, str]) -> Program:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker"]
    # Asking other workers what was revoked takes a second at start, and the rows know it.
    command += ["--hostname", "belfry@%h", "--without-mingle"]
    command += ["--loglevel", options.loglevel or _level(options)]
    command += ["--concurrency", str(options.concurrency)] if options.concurrency else []
    told = told | ({"LOG_LEVEL": options.loglevel.upper()} if options.loglevel else {})
    # Warm: takes nothing new and waits. Cold: gives back or ends what still runs, and does not wait
    # once more.
    told = told | {"CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": "0"}
    steps = StopStep(signal.SIGTERM, JOBS_GET), StopStep(signal.SIGQUIT, 5)
    return _program("worker", command, told, *steps)


def beat(options: Options, told: dict[str, str]) -> Program:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "config", "beat"]
    command += ["--loglevel", _level(options)]
    return _program("beat", command, told, StopStep(signal.SIGTERM, 5))


def _level(options: Options) -> str:
    return "debug" if options.debug else "info"


def _program(name: str, command: list[str], told: dict[str, str], *steps: StopStep) -> Program:
    return Program(name, tuple(command), told, settings.BASE_DIR, steps)
