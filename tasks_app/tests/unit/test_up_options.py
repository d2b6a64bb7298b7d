"""The flags of `manage.py up`."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tasks_app.management.commands import up
from tasks_app.management.supervisor.options import Options


@pytest.fixture
def started(monkeypatch, settings) -> list[Options]:
    """The options with which the command would have run."""
    settings.DEBUG = False
    runs: list[Options] = []
    monkeypatch.setattr(up, "make_folders", lambda: None)
    monkeypatch.setattr(up, "Run", lambda options, console: lambda: runs.append(options))
    return runs


def test_without_flags_everything_runs_on_loopback(started):
    call_command("up")

    assert started == [Options(host="127.0.0.1", port=8000)]
    assert started[0].runs_everything


@pytest.mark.parametrize(
    "flag, part",
    [("--no-api", "run_web"), ("--no-worker", "run_worker"), ("--no-beat", "run_beat")],
)
def test_each_part_can_be_left_out(started, flag, part):
    call_command("up", flag)

    assert getattr(started[0], part) is False
    assert not started[0].runs_everything


def test_saying_what_is_the_default_changes_nothing(started):
    call_command("up", "--run-api", "--run-worker")

    assert started == [Options()]


@pytest.mark.parametrize("part", ["api", "worker"])
def test_wanting_and_refusing_a_part_is_a_contradiction(started, part):
    with pytest.raises(CommandError, match=f"--run-{part} and --no-{part} contradict"):
        call_command("up", f"--run-{part}", f"--no-{part}")
    assert started == []


def test_leaving_out_all_parts_is_refused(started):
    with pytest.raises(CommandError, match="leave nothing to run"):
        call_command("up", "--no-api", "--no-worker", "--no-beat")


def test_every_other_flag_arrives(started):
    flags = "--api-host 0.0.0.0 --api-port 8080 --api-reload --worker-concurrency 8"
    call_command("up", *flags.split(), "--worker-loglevel", "DEBUG", "--debug", "--demo")

    assert started == [
        Options(
            host="0.0.0.0",  # noqa: S104
            port=8080,
            reload=True,
            concurrency=8,
            loglevel="debug",
            debug=True,
            demo=True,
        )
    ]


def test_what_the_children_would_refuse_is_refused_at_once(started, settings):
    settings.ALLOWED_HOSTS = ["belfry.example.org"]

    with pytest.raises(CommandError, match=r"DEBUG is on while belfry.example.org is served"):
        call_command("up", "--debug")
    assert started == []


@pytest.mark.parametrize(
    "flags",
    [
        ("--worker-concurrency", "0"),
        ("--worker-concurrency", "-2"),
        ("--worker-concurrency", "many"),
        ("--api-port", "0"),
        ("--api-port", "65536"),
        ("--api-port", "http"),
        ("--worker-loglevel", "loud"),
    ],
)
def test_values_that_make_no_sense_are_refused(started, flags):
    with pytest.raises(CommandError, match=flags[1]):
        call_command("up", *flags)
    assert started == []
