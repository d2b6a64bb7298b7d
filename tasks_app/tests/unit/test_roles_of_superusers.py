"""What stands above a list of the admin and is for superusers: nobody else sees or does it."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User

from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.endpoints import everything

SENT = {"_form_submitted": "on"}
# Page, form, and what a superuser is answered: to a look, to the form.
FOR_SUPERUSERS: list[tuple[str, dict[str, Any], int, int]] = [
    ("tasks_app/taskexecution/prune/", SENT, 200, 200),
    ("tasks_app/alarm/doctor/", {}, 200, 200),
]


@pytest.fixture
def powerful(db: None) -> User:
    """Staff with every permission there is, and no superuser."""
    user = User.objects.create_user("pam", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


def test_every_action_above_a_list_has_its_line_in_the_table() -> None:
    found = {
        f"{model._meta.app_label}/{model._meta.model_name}/{action.path}/"
        for model, pages in admin.site._registry.items()
        for action in pages._get_base_actions_list()  # type: ignore[attr-defined]
    }

    assert found == {page for page, *_ in FOR_SUPERUSERS}


@pytest.mark.parametrize("page, form, looked, done", FOR_SUPERUSERS)
def test_a_superuser_is_answered(root: User, page: str, form: Any, looked: int, done: int) -> None:
    client = Staff(root).client

    answers = client.get(f"/admin/{page}"), client.post(f"/admin/{page}", form)

    assert [answer.status_code for answer in answers] == [looked, done]


@pytest.mark.parametrize("page, form, looked, done", FOR_SUPERUSERS)
def test_nobody_else_is_whatever_permissions_they_have(
    powerful: User, page: str, form: Any, looked: int, done: int
) -> None:
    client, before = Staff(powerful).client, everything()

    answers = client.get(f"/admin/{page}"), client.post(f"/admin/{page}", form)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert everything() == before


@pytest.mark.parametrize("page, form, looked, done", FOR_SUPERUSERS)
def test_only_superusers_find_the_way_there(
    root: User, powerful: User, page: str, form: Any, looked: int, done: int
) -> None:
    above = f"/admin/{page.rsplit('/', 2)[0]}/"

    for user, is_shown in ((root, True), (powerful, False)):
        told = Staff(user).client.get(above).content.decode()
        assert (f"/admin/{page}" in told) is is_shown
