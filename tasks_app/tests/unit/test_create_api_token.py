"""`manage.py create_api_token`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tasks_app.models import ApiToken, Event
from tasks_app.states import Trigger
from tasks_app.tests.unit.api import Program


def made(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_token", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_token_that_works_and_nothing_else(ada):
    printed = made("ada")

    token = printed.removesuffix("\n")
    assert token.split() == [token]
    assert Program(Authorization=f"Bearer {token}").get("tasks/").status_code == 200


def test_a_token_has_a_name_and_an_end(ada):
    made("ada", "--name", "nightly import", "--days", "7")

    token = ApiToken.objects.get()
    assert (token.user, token.name) == (ada, "nightly import")
    assert token.expiry - timezone.now() == pytest.approx(
        timedelta(days=7), abs=timedelta(minutes=1)
    )


def test_a_token_may_speak_a_dialect(ada):
    made("ada", "--dialect", "001")

    assert ApiToken.objects.get().dialect == "001"


def test_an_unknown_dialect_is_told(ada):
    with pytest.raises(CommandError, match="invalid choice"):
        made("ada", "--dialect", "007")


def test_the_trail_says_by_which_door(ada):
    made("ada")

    event = Event.objects.get()
    assert (event.user, event.verb, event.door) == (ada, "create", Trigger.COMMAND)


def test_a_user_may_have_several(ada):
    assert made("ada") != made("ada")


def test_an_unknown_user_is_told(db):
    with pytest.raises(CommandError, match="There is no user eve"):
        made("eve")


def test_a_user_who_may_not_log_in_gets_none(ada):
    ada.is_active = False
    ada.save()

    with pytest.raises(CommandError, match="not active"):
        made("ada")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", ["0", "-1", "3651", "soon", "1.5"])
def test_a_bad_number_of_days_is_told(ada, days):
    with pytest.raises(CommandError, match="not a number of days"):
        made("ada", f"--days={days}")


def test_a_name_that_does_not_fit_is_told(ada):
    with pytest.raises(CommandError, match="100 characters"):
        made("ada", "--name", "n" * 101)
