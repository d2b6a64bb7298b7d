"""Who manages users gives nobody more than a superuser gave them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tasks_app.models import ApiToken, Event
from tasks_app.tests.unit.admin import Staff, an_operator

USERS = "/admin/auth/user"
SURE = {"post": "yes"}
NEW = {
    "password1": "a new password 1", "password2": "a new password 1", "usable_password": "true"
}  # fmt: skip


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


def mighty(how: str) -> User:
    """Somebody who may do what hugo may not."""
    ruth = User.objects.create_user("ruth", is_superuser=how == "superuser")
    more = Permission.objects.get(codename="delete_task")
    if how == "of a group":
        group = Group.objects.create(name="deleters")
        group.permissions.add(more)
        ruth.groups.add(group)
    elif how != "superuser":
        ruth.user_permissions.add(more)
    User.objects.filter(pk=ruth.pk).update(is_active=how != "deactivated")
    return ruth


@pytest.mark.parametrize("how", ["superuser", "by permission", "of a group", "deactivated"])
def test_the_account_of_whoever_may_do_more_is_closed(hugo: User, how: str) -> None:
    client, ruth = Staff(hugo).client, mighty(how)
    before = User.objects.filter(pk=ruth.pk).values().get()

    assert saves(hugo, ruth, first_name="New").status_code == 403
    assert client.post(f"{USERS}/{ruth.pk}/password/", NEW).status_code == 403
    assert client.post(f"{USERS}/{ruth.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [ruth.pk]}
    asked, sure = client.post(f"{USERS}/", chosen), client.post(f"{USERS}/", chosen | SURE)

    assert User.objects.filter(pk=ruth.pk).values().get() == before
    for page in (asked, client.get(f"{USERS}/{ruth.pk}/change/")):
        assert "ruth may do what you may not" in page.content.decode()
    assert sure.status_code == 403


def test_whoever_may_do_no_more_is_managed_and_so_is_oneself(hugo: User, ada: User) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="view_user"))
    client = Staff(hugo).client

    for user in (ada, hugo):
        answer = client.post(f"{USERS}/{user.pk}/password/", NEW)
        assert answer.headers["Location"] == f"{USERS}/{user.pk}/change/"
        page = client.get(f"{USERS}/{user.pk}/change/").content.decode()
        assert "may do what you may not" not in page

    assert User.objects.get(pk=ada.pk).check_password(NEW["password1"])


def test_whoever_only_looks_at_people_is_told_nothing_of_changing(db: None) -> None:
    vera, ruth = an_operator("vera", "view_user"), mighty("superuser")

    page = Staff(vera).client.get(f"{USERS}/{ruth.pk}/change/").content.decode()

    assert "may do what you may not" not in page


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


def test_a_superuser_is_led_from_a_user_to_their_tokens(root: User, ada: User, hugo: User) -> None:
    for user in (ada, hugo):
        ApiToken.objects.create(user)
    client, link = Staff(root).client, f"{USERS}/{ada.pk}/tokens/"

    assert f'href="{link}"' in client.get(f"{USERS}/{ada.pk}/change/").content.decode()
    page = client.get(link, follow=True)

    assert [token.user for token in page.context["cl"].result_list] == [ada]
    assert link not in Staff(hugo).client.get(f"{USERS}/{ada.pk}/change/").content.decode()
    assert Staff(hugo).client.get(link).status_code == 403


def test_tokens_outlive_a_change_of_the_password(root: User, ada: User) -> None:
    token = ApiToken.objects.create(ada)[0]

    Staff(root).client.post(f"{USERS}/{ada.pk}/password/", NEW)

    assert User.objects.get(pk=ada.pk).check_password(NEW["password1"])
    assert list(ApiToken.objects.valid()) == [token]


@pytest.mark.parametrize("name", ["ada", "eve"])
def test_a_refused_sign_in_is_one_line_of_the_log_and_no_row(
    ada: User, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    form = {"username": name, "password": "another secret"}

    answer = Client().post("/admin/login/", form)

    assert answer.status_code == 200
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("tasks")]
    assert lines == [f"sign-in refused: name='{name}' request=-"]
    assert not Event.objects.exists()
