"""The check of a container says yes only where its own program works."""

import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db.models.functions import Now
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.container_health import ADDRESSES, HEARD_LATELY, main
from tasks_app.models import Beat, Worker
from tasks_app.tests.ageing import age
from tasks_app.tests.unit.compose import address_for_libpq, compose
from tasks_app.tests.unit.settings_read import ROOT

HERE = "c0ffee"


def hear(program: str, host: str = HERE) -> None:
    """Let a process of that host write its row."""
    if program == "worker":
        Worker.objects.heard_from(f"belfry@{host}", pid=7)
    else:
        Beat.objects.heard_from(f"{host}@7", pid=7, swept_at=Now())


@pytest.fixture
def on_this_host(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The container is called c0ffee and is told the test's database."""
    monkeypatch.setenv("DATABASE_URL", address_for_libpq())
    monkeypatch.setattr("socket.gethostname", lambda: HERE)


@pytest.fixture
def served(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the web process's check ask this path of a real server."""

    def at(path: str) -> None:
        monkeypatch.setitem(ADDRESSES, "web", (urlsplit(live_server.url).port or 0, path))

    return at


@pytest.mark.postgresql
@pytest.mark.parametrize("program", HEARD_LATELY)
def test_a_program_that_was_heard_lately_works(on_this_host: None, program: str) -> None:
    hear(program)
    age(50)

    main(program)


@pytest.mark.postgresql
@pytest.mark.parametrize("program", HEARD_LATELY)
def test_silence_is_told(on_this_host: None, program: str) -> None:
    hear(program)
    age(70)

    with pytest.raises(SystemExit, match="not heard from for 60 s"):
        main(program)


@pytest.mark.postgresql
@pytest.mark.parametrize("program", HEARD_LATELY)
def test_another_host_does_not_speak_for_this_one(on_this_host: None, program: str) -> None:
    hear(program, host="cafe")

    with pytest.raises(SystemExit, match="not heard from"):
        main(program)


@pytest.mark.postgresql
def test_a_beat_that_does_not_sweep_is_told(on_this_host: None) -> None:
    hear("beat")
    Beat.objects.update(swept_at=None, seen_at=Now())
    age(70)
    Beat.objects.update(seen_at=Now())

    with pytest.raises(SystemExit, match="not heard from"):
        main("beat")


def test_web_works_when_it_answers(served: Callable[[str], None]) -> None:
    served("/healthz")

    main("web")


def test_web_is_asked_by_a_name_that_it_accepts(
    served: Callable[[str], None], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = [".example.org", "belfry"]
    monkeypatch.setenv("ALLOWED_HOSTS", ".example.org,belfry")
    served("/healthz")

    main("web")


def test_a_wrong_answer_is_told(served: Callable[[str], None]) -> None:
    served("/no-such-page")

    with pytest.raises(SystemExit, match="/no-such-page answers 404"):
        main("web")


def test_what_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ADDRESSES, "flower", (1, "/healthcheck"))

    with pytest.raises(SystemExit, match="Connection refused"):
        main("flower")


def test_the_command_is_cheap_and_fails_by_its_exit_code() -> None:
    command = compose()["services"]["worker"]["healthcheck"]["test"][2:]

    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=ROOT,
        env={"DATABASE_URL": "postgresql://belfry@127.0.0.1:1/belfry"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "connection failed" in done.stderr
    assert " django" not in done.stderr
