"""Settings that would hurt are refused at start, each with its id and a hint."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tasks_app.checks import insist

REMOTE = "redis://:password@broker.example.org:6379/0"
Refused = Callable[..., set[str]]
BEHIND_A_PROXY = ("HTTP_X_FORWARDED_PROTO", "https")
SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"


@pytest.fixture
def refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Refused:
    """The ids of our checks that fail with these settings; `engine` is the database's."""

    def ids(engine: str = "", **values: Any) -> set[str]:
        if engine:
            monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
        for name, value in values.items():
            setattr(settings, name, value)
        return _ids()

    return ids


def _ids() -> set[str]:
    found = [error for error in run_checks() if str(error.id).startswith("belfry.")]
    assert all(error.hint for error in found)
    return {str(error.id) for error in found}


def test_the_settings_of_a_laptop_are_fine(refused: Refused) -> None:
    assert refused() == set()


@pytest.mark.parametrize(
    "values, code",
    [
        ({"DEBUG": True, "ALLOWED_HOSTS": ["localhost", "belfry.example.org"]}, "E001"),
        ({"SECRET_KEY": ""}, "E002"),
        ({"SECRET_KEY": "change-me-to-something-long-and-random-please"}, "E002"),
        ({"SECRET_KEY": "short"}, "E002"),
        ({"ALLOWED_HOSTS": ["*"]}, "E003"),
        ({"CELERY_BROKER_URL": REMOTE, "engine": SQLITE}, "E004"),
        ({"CELERY_BROKER_URL": REMOTE.replace(":password@", ""), "engine": POSTGRESQL}, "E005"),
        ({"CELERY_BEAT_SCHEDULER": "django_celery_beat.schedulers:DatabaseScheduler"}, "E006"),
        ({"CELERY_TASK_SERIALIZER": "pickle"}, "E007"),
        ({"CELERY_RESULT_SERIALIZER": "yaml"}, "E007"),
        ({"LEASE_SECONDS": 14, "HEARTBEAT_SECONDS": 5}, "E008"),
        ({"HEARTBEAT_SECONDS": 0}, "E008"),
        ({"LEASE_SECONDS": 4, "HEARTBEAT_SECONDS": 1}, "E008"),
        ({"JOB_ALIASES": {"old.name": "no.such.job"}}, "E009"),
        ({"RETENTION_DAYS": [30]}, "E014"),
        ({"RETENTION_DAYS": {"started": 30}}, "E014"),
        ({"RETENTION_DAYS": {"success": -1}}, "E014"),
        ({"RETENTION_DAYS": {"success": True}}, "E014"),
        ({"RETENTION_DAYS": {"success": "30"}}, "E014"),
        ({"RETENTION_DAYS": {"success": 100_000}}, "E014"),
        ({"KEEP_LAST_RUNS": -1}, "E014"),
        ({"CELERY_TASK_ROUTES": ["shop.reports"]}, "E010"),
        ({"CELERY_TASK_ROUTES": {"shop.*": 5}}, "E010"),
        ({"CELERY_TASK_ROUTES": {"shop.*": {"priority": 3}}}, "E010"),
        ({"CELERY_TASK_ROUTES": {"shop.*": "two words"}}, "E010"),
        ({"SECURE_PROXY_SSL_HEADER": BEHIND_A_PROXY, "SESSION_COOKIE_SECURE": False}, "E012"),
        ({"WAITING_RUNS_PER_OWNER_MAX": 0}, "E013"),
        ({"WAITING_RUNS_PER_OWNER_MAX": 11, "WAITING_RUNS_MAX": 10}, "E013"),
    ],
)
def test_what_would_hurt_is_refused(refused: Refused, values: dict[str, Any], code: str) -> None:
    assert refused(**values) == {f"belfry.{code}"}


@pytest.mark.parametrize(
    "values",
    [
        {"DEBUG": True, "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"]},
        {"CELERY_BROKER_URL": REMOTE, "engine": POSTGRESQL},
        {"CELERY_BROKER_URL": "redis://127.0.0.1:6379/0", "engine": SQLITE},
        {"CELERY_TASK_ROUTES": {"shop.a": "reports", "shop.b.*": {"routing_key": "reports"}}},
        {"SECURE_PROXY_SSL_HEADER": BEHIND_A_PROXY, "SESSION_COOKIE_SECURE": True},
        {"WAITING_RUNS_PER_OWNER_MAX": 10, "WAITING_RUNS_MAX": 10},
    ],
    ids=["debug at home", "several hosts", "a broker of this machine", "routes", "a proxy", "caps"],
)
def test_what_is_safe_is_not_refused(refused: Refused, values: dict[str, Any]) -> None:
    assert refused(**values) == set()


def test_a_folder_for_logs_must_take_files(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert refused(LOG_DIR=tmp_path) == set()
    assert refused(LOG_DIR=tmp_path / "missing") == {"belfry.E011"}
    assert refused(LOG_DIR=tmp_path / "file") == {"belfry.E011"}


def test_a_process_that_runs_no_checks_of_its_own_insists(settings: Settings) -> None:
    insist()
    settings.ALLOWED_HOSTS = ["*"]

    with pytest.raises(ImproperlyConfigured, match="Name the hosts people use"):
        insist()
