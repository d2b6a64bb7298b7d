"""A broker that somebody else runs."""

import pytest

from tasks_app import broker
from tasks_app.management.supervisor.configured_broker import refuse_unreachable
from tasks_app.management.supervisor.exceptions import BrokerUnreachable


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@queue:6379/0",
        "amqp://ops:secret@queue//",
        "redis://:sec@ret@queue:6379/0",
        "redis://:sec/ret@queue:6379/0",
    ],
)
def test_no_password_is_shown_not_even_a_piece_of_it(settings, monkeypatch, url):
    def fail() -> None:
        raise ValueError("Port could not be cast to integer value as 'sec'")

    monkeypatch.setattr(broker, "check", fail)
    settings.CELERY_BROKER_URL = url

    with pytest.raises(BrokerUnreachable, match="queue") as refusal:
        refuse_unreachable()
    assert "sec" not in str(refusal.value)


def test_the_first_line_of_the_reason_is_shown(monkeypatch):
    def fail() -> None:
        raise ConnectionError("Connection refused.\nand much more")

    monkeypatch.setattr(broker, "check", fail)

    with pytest.raises(BrokerUnreachable, match=r"\(Connection refused\)"):
        refuse_unreachable()
