"""Who manages users gives nobody more than a superuser gave them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User

from tasks_app.models import ApiToken
from tasks_app.tests.unit.admin import Staff, an_operator

USERS = "/admin/auth/user"


@pytest.fixture
def hugo(db: None) -> User:
    """Somebody of the staff who manages people."""
    verbs = ("view", "add", "change", "delete")
    codes = [f"{verb}_{what}" for verb in verbs for what in ("user", "group")]
    return an_operator("hugo", *codes, "delete_apitoken")


def saves(actor: User, user: User, **fields: Any) -> Any:
    """Send the form of a user, as it was read but for these fields."""
    user.refresh_from_db()
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    ticks = {
        name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)
    }
    given = {"username": user.username, **joined, **ticks, **fields}
    return Staff(actor).client.post(f"{USERS}/{user.pk}/change/", given)


def rights_of(user: User) -> tuple[bool, int, int]:
    user = User.objects.get(pk=user.pk)
    return user.is_superuser, user.user_permissions.count(), user.groups.count()


def test_whoever_may_change_users_makes_nobody_more_than_they_are(hugo: User, ada: User) -> None:
    group = Group.objects.create(name="all")
    more = Permission.objects.get(codename="delete_task").pk
    before = [rights_of(user) for user in (hugo, ada)]
    rights = {"is_superuser": "on", "groups": [group.pk], "user_permissions": [more]}

    for user in (hugo, ada):
        answer = saves(hugo, user, first_name="New", **rights)
        assert answer.status_code == 302

    assert [rights_of(user) for user in (hugo, ada)] == before
    assert User.objects.get(pk=ada.pk).first_name == "New"


def test_a_superuser_gives_rights(root: User, ada: User) -> None:
    assert saves(root, ada, is_superuser="on").status_code == 302

    assert rights_of(ada)[0]


def test_a_superusers_account_is_closed_to_others(hugo: User, root: User) -> None:
    client = Staff(hugo).client
    before = User.objects.filter(pk=root.pk).values().get()

    assert saves(hugo, root, first_name="New").status_code == 403
    new = {"password1": "a new password 1", "password2": "a new password 1"}
    assert client.post(f"{USERS}/{root.pk}/password/", new).status_code == 403
    assert client.post(f"{USERS}/{root.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
    client.post(f"{USERS}/", chosen)

    assert User.objects.filter(pk=root.pk).values().get() == before


def test_nobody_widens_their_own_group(hugo: User, root: User) -> None:
    group = Group.objects.create(name="managers")
    page = f"/admin/auth/group/{group.pk}/change/"
    wanted = {"name": "renamed", "permissions": [Permission.objects.first().pk]}

    Staff(hugo).client.post(page, wanted)
    assert (group.permissions.count(), Group.objects.get().name) == (0, "renamed")

    Staff(root).client.post(page, wanted)
    assert group.permissions.count() == 1


def test_tokens_go_with_their_user(hugo: User, ada: User) -> None:
    ApiToken.objects.create(ada)

    Staff(hugo).client.post(f"{USERS}/{ada.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=ada.pk).exists()
    assert not ApiToken.objects.exists()
