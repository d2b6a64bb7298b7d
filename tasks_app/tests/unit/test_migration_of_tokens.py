"""Tokens that were made before they had an id stay valid."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from knox.crypto import hash_token

from tasks_app.models import ApiToken
from tasks_app.tests.unit.api import Program

BEFORE, AFTER = "0004_the_log_of_a_run", "0005_tokens_with_dialect_and_last_use"
SECRETS = ["belfry_" + digit * 64 for digit in "123"]


def migrate(name: str) -> Any:
    """Go there, and answer the models as they were then."""
    call_command("migrate", "tasks_app", name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state([("tasks_app", name)]).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models before the change; what came after it is put back in the end."""
    yield migrate(BEFORE)
    call_command("migrate", verbosity=0)


def insert(apps: Any, owner: User) -> None:
    for secret in SECRETS:
        apps.get_model("tasks_app", "ApiToken").objects.create(
            digest=hash_token(secret), token_key=secret[:15], user_id=owner.pk, name="old"
        )


def test_tokens_of_before_have_ids_of_their_own_and_open_the_door(before: Any, ada: User) -> None:
    insert(before, ada)

    migrate(AFTER)

    assert ApiToken.objects.count() == len(SECRETS)
    assert set(ApiToken.objects.values_list("name", "dialect", "last_used_at")) == {
        ("old", "", None)
    }
    for secret in SECRETS:
        assert Program(Authorization=f"Bearer {secret}").get("auth/me/").status_code == 200


def test_the_way_back_keeps_them_too(before: Any, ada: User) -> None:
    insert(before, ada)
    migrate(AFTER)

    old = migrate(BEFORE)

    digests = old.get_model("tasks_app", "ApiToken").objects.values_list("pk", flat=True)
    assert set(digests) == {hash_token(secret) for secret in SECRETS}


def test_the_key_and_the_hash_are_each_unique(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "api_tokens").values()

    assert ["id"] in [each["columns"] for each in found if each["primary_key"]]
    assert ["digest"] in [each["columns"] for each in found if each["unique"]]
