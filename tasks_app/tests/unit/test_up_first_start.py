"""The first superuser and the sample documents."""

import pytest
from django.contrib.auth.models import User

from tasks_app.management.supervisor import first_start
from tasks_app.management.supervisor.exceptions import SuperuserNameTaken

NAMES = ("USERNAME", "EMAIL", "PASSWORD")


@pytest.fixture(autouse=True)
def nothing_is_said_of_the_superuser(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"DJANGO_SUPERUSER_{name}", raising=False)


@pytest.mark.django_db
def test_the_first_superuser_gets_a_password_that_is_told():
    user, password = first_start.first_superuser()

    assert user.username == "admin"
    assert user.is_superuser
    assert user.check_password(password)
    assert len(password) >= 16


@pytest.mark.django_db
def test_the_password_is_told_only_once():
    made, _ = first_start.first_superuser()

    assert first_start.first_superuser() == (made, "")


@pytest.mark.django_db
def test_the_environment_may_name_the_superuser(monkeypatch):
    for name, value in zip(NAMES, ("ops", "ops@example.org", "known to ops"), strict=True):
        monkeypatch.setenv(f"DJANGO_SUPERUSER_{name}", value)

    user, made_up = first_start.first_superuser()

    assert (user.username, user.email, made_up) == ("ops", "ops@example.org", "")
    assert user.check_password("known to ops")


@pytest.mark.django_db
def test_a_superuser_who_may_not_log_in_does_not_count():
    User.objects.create_superuser("old", is_active=False)

    assert first_start.first_superuser()[0].username == "admin"


@pytest.mark.django_db
def test_a_name_that_belongs_to_somebody_else_is_told():
    User.objects.create_user("admin")

    with pytest.raises(SuperuserNameTaken, match="set DJANGO_SUPERUSER_USERNAME"):
        first_start.first_superuser()


@pytest.fixture
def written(monkeypatch, settings, tmp_path) -> list:
    """The folders that got samples."""
    settings.INPUT_DIR = tmp_path / "input"
    folders: list = []
    monkeypatch.setattr(first_start, "write_samples", folders.append)
    return folders


def test_a_fresh_input_folder_gets_samples(written, settings):
    first_start.write_missing_samples()

    assert written == [settings.INPUT_DIR]


def test_a_folder_with_documents_is_left_alone(written, settings):
    settings.INPUT_DIR.mkdir()
    (settings.INPUT_DIR / "mine.txt").touch()

    first_start.write_missing_samples()

    assert written == []
