"""Append-only tables are empty for the next test, and append-only again."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import Error, transaction

from tasks_app.models import Event


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_deleted_is_flushed_and_protected_again():
    make_event()

    call_command("flush", interactive=False, verbosity=0)

    assert not Event.objects.exists()
    event = make_event()
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        event.delete()


def make_event():
    return Event.objects.create(door="code", verb="edit", subject="task", subject_id=uuid4())
