"""What a fresh folder needs: folders, tables, a superuser, something to work on."""

import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from tasks_app.management.samples import write_samples
from tasks_app.management.supervisor.exceptions import (
    DatabaseUnusable,
    FolderUnwritable,
    SuperuserNameTaken,
    first_line,
)


def make_folders() -> None:
    """Raises FolderUnwritable. The input folder may be one that others fill."""
    _refuse_unwritable("VAR_DIR", settings.VAR_DIR)
    _refuse_unwritable("OUTPUT_DIR", settings.OUTPUT_DIR)


def _refuse_unwritable(setting: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderUnwritable(folder, setting, os.strerror(error.errno or 0)) from error


def migrate() -> bool:
    """Bring the tables up to date; answer whether there was anything to do."""
    try:
        executor = MigrationExecutor(connection)
        # Asking first saves a second at every start: `migrate` also refreshes permissions.
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", interactive=False, verbosity=0)
        return True
    except DatabaseError as error:
        raise DatabaseUnusable(first_line(error)) from error


def write_missing_samples() -> None:
    """Only into an empty folder: what somebody removed stays removed."""
    folder = settings.INPUT_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            write_samples(folder)
    except OSError as error:
        raise FolderUnwritable(folder, "INPUT_DIR", os.strerror(error.errno or 0)) from error


def first_superuser() -> tuple[User, str]:
    """The superuser to name to people, and the password if it was made up just now, else "".

    Made where there is none, from DJANGO_SUPERUSER_USERNAME, _EMAIL and _PASSWORD as
    `createsuperuser` reads them. Raises SuperuserNameTaken.
    """
    known = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if known is not None:
        return known, ""
    username = os.environ.get("DJANGO_SUPERUSER_USERNAME") or "admin"
    given = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
    made_up = "" if given else secrets.token_urlsafe(12)
    email = os.environ.get("DJANGO_SUPERUSER_EMAIL", "")
    try:
        return User.objects.create_superuser(username, email, given or made_up), made_up
    except IntegrityError as error:
        raise SuperuserNameTaken(username) from error
