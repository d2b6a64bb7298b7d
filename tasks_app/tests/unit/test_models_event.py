"""The audit trail is append-only, for the ORM and for SQL, on both databases."""

from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from tasks_app.models import Event
from tasks_app.services import Actor
from tasks_app.states import Trigger

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(ada):
    Actor(ada, Trigger.ADMIN, "r1").note("edit", "task", uuid4(), before={"a": 1}, reason="why")
    return Event.objects.get()


ATTEMPTS = {
    "update": lambda event: Event.objects.update(reason="because"),
    "save": lambda event: event.save(),
    "delete": lambda event: event.delete(),
    "sql": lambda event: connection.cursor().execute("DELETE FROM events"),
}


@pytest.mark.parametrize("name", list(ATTEMPTS))
def test_what_was_noted_is_never_changed(name, event):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        ATTEMPTS[name](event)

    assert Event.objects.get().reason == "why"


def test_a_note_tells_who_and_by_which_door(event, ada):
    assert (event.user, event.user_name, event.door) == (ada, "ada", Trigger.ADMIN)
    assert (event.request_id, event.before, event.after) == ("r1", {"a": 1}, {})
    assert event.at


def test_the_name_stays_when_the_user_goes(event, ada):
    ada.delete()

    assert Event.objects.get().user_name == "ada"
