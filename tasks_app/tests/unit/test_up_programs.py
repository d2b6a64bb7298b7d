"""What the children of `up` are told to do, and what people are told to do next."""

import signal

import pytest

from tasks_app.management.supervisor import programs
from tasks_app.management.supervisor.options import Options
from tasks_app.management.supervisor.welcome import welcome


def words(program) -> str:
    return " ".join(program.command)


def test_children_are_told_the_broker():
    assert programs.environment(Options(), "redis://x")["CELERY_BROKER_URL"] == "redis://x"


def test_a_running_job_gets_ten_seconds_then_a_cold_end():
    worker = programs.worker(Options(), {})
    steps = worker.stop_steps

    assert [step.signal for step in steps] == [signal.SIGTERM, signal.SIGQUIT]
    assert steps[0].patience == 10
    # Else the worker would wait once more, and be killed in it.
    assert worker.environment["CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT"] == "0"


def test_web_listens_where_it_is_told():
    assert "--bind 127.0.0.1:8000" in words(programs.web(Options(), {}))
    assert "--bind [::1]:9000" in words(programs.web(Options(host="::1", port=9000), {}))


def test_only_web_reloads_and_only_when_told():
    assert "--reload" in words(programs.web(Options(reload=True), {}))
    assert "--reload" not in words(programs.web(Options(), {}))


def test_the_worker_has_as_many_processes_as_told():
    assert "--concurrency 8" in words(programs.worker(Options(concurrency=8), {}))
    assert "--concurrency" not in words(programs.worker(Options(), {}))


def test_a_level_for_the_worker_is_for_the_worker_only():
    options = Options(loglevel="warning")
    told = programs.environment(options, "redis://x")

    assert "--loglevel warning" in words(programs.worker(options, told))
    assert programs.worker(options, told).environment["LOG_LEVEL"] == "WARNING"
    assert "LOG_LEVEL" not in programs.beat(options, told).environment


def test_debug_is_for_all():
    options = Options(debug=True)
    told = programs.environment(options, "redis://x")

    for program in (programs.web(options, told), programs.beat(options, told)):
        assert program.environment["DEBUG"] == "true"
        assert program.environment["LOG_LEVEL"] == "DEBUG"
    assert "--loglevel debug" in words(programs.worker(options, told))


def test_the_welcome_names_every_address_and_the_new_password():
    lines = "\n".join(welcome(Options(port=9000), "admin", "a new password", 3.21))

    assert "ready after 3.2 s" in lines
    for path in ("/admin/", "/docs", "/api/v1/"):
        assert f"http://127.0.0.1:9000{path}" in lines
    assert "admin, password a new password (shown only this once)" in lines


def test_a_password_that_was_known_is_not_shown():
    assert "shown only" not in "\n".join(welcome(Options(), "admin", "", 3))


@pytest.mark.parametrize(
    "host, shown",
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")],  # noqa: S104
)
def test_an_address_that_nobody_can_open_is_not_shown(host, shown):
    assert f"http://{shown}:8000/admin/" in "\n".join(welcome(Options(host=host), "admin", "", 3))


def test_a_new_password_is_shown_without_web_too():
    lines = "\n".join(welcome(Options(run_web=False), "admin", "a new password", 3))

    assert "a new password" in lines


def test_without_web_no_address_is_shown():
    assert "http" not in "\n".join(welcome(Options(run_web=False), "admin", "", 3))
