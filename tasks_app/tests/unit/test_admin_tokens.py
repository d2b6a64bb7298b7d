"""The pages of API tokens."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from tasks_app.models import ApiToken, Event
from tasks_app.states import Trigger
from tasks_app.tests.unit.admin import ROOT, Staff, an_operator
from tasks_app.tests.unit.api import Program

PERMISSIONS = ("view_apitoken", "add_apitoken", "delete_apitoken")
FORM = {"name": "import", "days": "7", "dialect": ""}
PAGES = f"{ROOT}/apitoken"


@pytest.fixture
def olga(db: None) -> User:
    """Somebody of the staff who may have tokens."""
    return an_operator("olga", *PERMISSIONS)


def a_token(user: User, **fields: Any) -> ApiToken:
    made: ApiToken = ApiToken.objects.create(user, **fields)[0]
    return made


def test_a_new_token_is_shown_in_the_answer_and_never_again(olga: User) -> None:
    staff = Staff(olga)

    answer = staff.client.post(f"{PAGES}/add/", FORM | {"dialect": "001"})

    assert answer.status_code == 200
    page = answer.content.decode()
    shown = re.search(r'<input readonly[^>]* value="(belfry_\w+)"', page)
    assert shown
    assert f'href="{PAGES}/">Done</a>' in page
    assert Program(Authorization=f"Bearer {shown[1]}").get("auth/me/").status_code == 200
    assert shown[1] not in staff.reads("/apitoken/")
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.dialect) == (olga, "import", "001")
    assert token.expiry - timezone.now() == pytest.approx(
        timedelta(days=7), abs=timedelta(minutes=1)
    )


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother", "_popup"])
def test_no_cache_and_no_cookie_keeps_a_new_token(olga: User, button: str) -> None:
    staff = Staff(olga)

    answer = staff.client.post(f"{PAGES}/add/", FORM | {button: "1"})

    assert re.search(r"belfry_\w{64}", answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies.keys() - {"csrftoken"}
    assert staff.told(answer) == []


def test_making_one_is_in_the_trail_and_the_token_in_no_table(olga: User) -> None:
    staff = Staff(olga)
    answer = staff.client.post(f"{PAGES}/add/", FORM)

    [secret] = re.findall(r"belfry_\w{64}", answer.content.decode())
    event = Event.objects.get()
    assert (event.verb, event.user, event.door) == ("create", olga, Trigger.ADMIN)
    entry = LogEntry.objects.get()
    assert entry.object_id == str(ApiToken.objects.get().pk)
    session = dict(staff.client.session)
    assert secret not in f"{event.after} {entry.object_repr} {entry.change_message} {session}"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "n" * 101}, {"days": "0"}, {"days": "3651"}, {"dialect": "9"}]
)
def test_what_no_token_may_have_is_told_beside_its_field(olga: User, wrong: dict[str, str]) -> None:
    answer = Staff(olga).client.post(f"{PAGES}/add/", FORM | wrong)

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == list(wrong)
    assert not ApiToken.objects.exists()


def test_only_a_superuser_chooses_the_user(olga: User, root: User, ada: User) -> None:
    Staff(olga).client.post(f"{PAGES}/add/", FORM | {"user": str(ada.pk)})
    assert ApiToken.objects.get().user == olga

    Staff(root).client.post(f"{PAGES}/add/", FORM | {"user": str(ada.pk), "name": "of ada"})

    assert ApiToken.objects.get(name="of ada").user == ada


def test_what_only_the_service_knows_is_told_too(root: User, ada: User) -> None:
    ada.is_active = False
    ada.save()
    staff = Staff(root)

    answer = staff.client.post(f"{PAGES}/add/", FORM | {"user": str(ada.pk)})

    assert staff.told(answer) == ["ada is not active, so the token would open nothing."]
    assert not ApiToken.objects.exists()


def test_the_list_says_whose_it_is_and_whether_it_opens_the_door(root: User, ada: User) -> None:
    lasting, expired = a_token(ada, name="lasting"), a_token(ada, expiry=timedelta(seconds=-1))
    rows = Staff(root).client.get(f"{PAGES}/").context["cl"].result_list

    assert {row.pk: row.opens for row in rows} == {lasting.pk: True, expired.pk: False}
    assert "no: it expired" in Staff(root).reads("/apitoken/")
    ada.is_active = False
    ada.save()
    page = Staff(root).reads("/apitoken/")
    assert "lasting" in page
    assert f"{lasting.token_key}…" in page
    assert lasting.digest not in page
    assert "no: its user is not active" in page


def test_the_staff_see_their_own_and_a_superuser_all(olga: User, ada: User, root: User) -> None:
    own, foreign = a_token(olga, name="own"), a_token(ada, name="foreign")
    staff = Staff(olga)

    page = staff.reads("/apitoken/")

    assert "own" in page
    assert "foreign" not in page
    assert staff.client.get(f"{PAGES}/{foreign.pk}/change/").headers["Location"] == "/admin/"
    assert own.token_key in staff.reads(f"/apitoken/{own.pk}/change/")
    assert "foreign" in Staff(root).reads("/apitoken/")


def test_revoking_asks_and_goes_through_the_service(olga: User) -> None:
    token, staff = a_token(olga), Staff(olga)

    answer = staff.does("revoke", token, reason="leaked")

    assert answer.headers["HX-Redirect"] == f"{PAGES}/"
    assert staff.told(answer) == ["It is revoked."]
    assert not ApiToken.objects.exists()
    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.reason) == ("revoke", token.pk, "leaked")


def test_several_are_revoked_at_once(olga: User) -> None:
    tokens = [a_token(olga), a_token(olga)]

    assert Staff(olga).does_to_all("revoke_selected", tokens) == ["2 revoked."]
    assert Event.objects.filter(verb="revoke").count() == 2


def test_a_foreign_token_cannot_be_revoked(olga: User, ada: User) -> None:
    token = a_token(ada)

    Staff(olga).does("revoke", token)
    Staff(olga).does_to_all("revoke_selected", [token])

    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_nothing_is_edited_or_deleted_past_the_service(root: User) -> None:
    token, staff = a_token(root, name="old"), Staff(root)

    edited = staff.client.post(f"{PAGES}/{token.pk}/change/", FORM)
    deleted = staff.client.post(f"{PAGES}/{token.pk}/delete/", {"post": "yes"})
    staff.does_to_all("delete_selected", [token])

    assert (edited.status_code, deleted.status_code) == (403, 403)
    assert ApiToken.objects.get().name == "old"


@pytest.mark.parametrize("missing", PERMISSIONS)
def test_each_act_needs_its_permission(db: None, missing: str) -> None:
    user = an_operator("vera", *(each for each in PERMISSIONS if each != missing))
    token, staff = a_token(user), Staff(user)

    answer = {
        "view_apitoken": lambda: staff.client.get(f"{PAGES}/{token.pk}/change/"),
        "add_apitoken": lambda: staff.client.post(f"{PAGES}/add/", FORM),
        "delete_apitoken": lambda: staff.does("revoke", token),
    }[missing]()

    assert answer.status_code == 403
    assert ApiToken.objects.get() == token


def test_the_menu_leads_there(olga: User) -> None:
    assert f'href="{PAGES}/"' in Staff(olga).reads("/apitoken/")
