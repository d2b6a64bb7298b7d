"""What people are told once everything is ready: where to look and what to do next."""

import sys
from pathlib import Path

from django.conf import settings

from tasks_app.management.supervisor.options import Options
from tasks_app.management.supervisor.readiness import ANY_ADDRESS


def welcome(options: Options, username: str, new_password: str, seconds: float) -> list[str]:
    """The lines, the password among them only if it was made up just now."""
    lines = ["", f"Belfry is ready after {seconds:.1f} s."]
    if options.run_web:
        lines += _addresses(options)
    if options.run_web or new_password:
        lines += [_login(username, new_password)]
    if options.run_web:
        lines += ["", "What next:", *_next_steps(options, username)]
    return [*lines, "Ctrl-C stops everything; running jobs get 10 s to end.", ""]


def _addresses(options: Options) -> list[str]:
    root = _root(options)
    return [
        f"  Admin     {root}/admin/",
        f"  API docs  {root}/docs",
        f"  API       {root}/api/v1/",
    ]


def _root(options: Options) -> str:
    host = ANY_ADDRESS.get(options.host, options.host)
    return f"http://[{host}]:{options.port}" if ":" in host else f"http://{host}:{options.port}"


def _login(username: str, new_password: str) -> str:
    if new_password:
        return f"  Login     {username}, password {new_password} (shown only this once)"
    return f"  Login     {username}, with the password you know"


def _next_steps(options: Options, username: str) -> list[str]:
    first = (
        "Open the admin and execute one of the example tasks."
        if options.demo
        else 'Open the admin, add a task: job process_document, kwargs {"document_id": "doc-123"}; '
        "execute it and watch its progress."
    )
    return [
        f"  1. {first}",
        f"  2. Put documents of your own into {settings.INPUT_DIR}; "
        f"results appear in {settings.OUTPUT_DIR}.",
        f"  3. For the API: `{_python()} manage.py create_api_token {username}` prints a token.",
    ]


def _python() -> str:
    """The interpreter as people type it here: `make` puts it into the project's own folder."""
    own = Path(sys.executable)
    here = own.is_relative_to(settings.BASE_DIR)
    return str(own.relative_to(settings.BASE_DIR)) if here else "python"
