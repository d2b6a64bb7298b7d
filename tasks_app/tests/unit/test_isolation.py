"""What surrounds the caller stays outside, and each of pytest's processes writes by itself."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tasks_app.tests.isolation import forget_the_caller

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "REDIS_URL",
        "DEBUG",
        "ALLOWED_HOSTS",
        "LEASE_SECONDS",
        "JOB_ALIASES",
        "DJANGO_SUPERUSER_PASSWORD",
        "PGHOST",
    ],
)
def test_a_setting_of_the_caller_is_forgotten(name):
    environ = {name: "of the caller"}

    forget_the_caller(environ)

    assert name not in environ


def test_the_caller_keeps_what_no_setting_reads():
    environ = {"PATH": "/bin", "HOME": "/home/ada", "BELFRY_REQUIRE": "postgresql"}

    forget_the_caller(environ)

    assert environ.items() >= {"PATH": "/bin", "HOME": "/home/ada"}.items()
    assert environ["BELFRY_REQUIRE"] == "postgresql"


def test_the_key_of_the_caller_signs_nothing_here():
    environ = {"SECRET_KEY": "of the caller"}

    forget_the_caller(environ)

    assert environ["SECRET_KEY"] != "of the caller"


def test_tests_write_outside_the_checkout():
    written = [settings.VAR_DIR, settings.INPUT_DIR, settings.OUTPUT_DIR]

    assert not [path for path in written if path.is_relative_to(CHECKOUT)]


def test_each_process_of_pytest_writes_to_its_own_folder():
    worker = os.environ.get("PYTEST_XDIST_WORKER")

    assert worker is None or settings.VAR_DIR.name == worker


def test_no_broker_of_the_machine_is_rung():
    assert ":6379" not in settings.CELERY_BROKER_URL


@pytest.mark.django_db
def test_threads_and_processes_can_share_the_database():
    if connection.vendor == "sqlite":
        assert Path(connection.settings_dict["NAME"]).is_file()
    else:
        assert connection.settings_dict["NAME"].startswith("test_")
