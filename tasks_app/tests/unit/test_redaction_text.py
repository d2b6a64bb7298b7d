"""Secrets in free text: log lines, tracebacks, error lines, messages."""

import logging
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.redaction import MASK, redact, redact_text
from tasks_app.redaction.formatter import RedactingFormatter

FRAGMENTS = st.sampled_from(
    [
        "password", "token", "Authorization", "session", "--secret", "cookie", "=", ": ", "==",
        "=>", "'", '"', "\\", '\\"', "b'", "(", "{", "[", "]", "}", ")", ",", ";", "&", " ",
        "\n", "\r", "x", "Bearer ", "Basic ", "abc123", "://", "@", "/", "u:p",
        "belfry_0123456789abcdef", MASK, "*", "\0", "\ud800", "é", "\u2028", ".",
        "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    "text, shown",
    [
        ("login password=Hunter-2, user=bob", "login password=***, user=bob"),
        ("{'password': 'Hunter 2', 'a': 1}", "{'password': '***', 'a': 1}"),
        ('{"api_key":"Hun\\"ter","a":1}', '{"api_key":"***","a":1}'),
        ('"{\\"token\\": \\"abc\\", \\"b\\": 2}"', '"{\\"token\\": \\"***\\", \\"b\\": 2}"'),
        ("token=b'a b c' x", "token=b'***' x"),
        ("f(password=Secret('pw'), b=2)", "f(password=***'), b=2)"),
        ("os.environ['DB_PASSWORD'] = 'x y'", "os.environ['DB_PASSWORD'] = '***'"),
        ("assert password == 'Hunter-2'", "assert password == '***'"),
        ("/cb?token=abc&page=2", "/cb?token=***&page=2"),
        ("url=x?password=pw", "url=x?password=***"),
        ("Password:\tHunter-2", "Password:\t***"),
        ("mysqldump --password Hunter-2 db", "mysqldump --password *** db"),
        ("['--password', 'Hunter 2', 'db']", "['--password', '***', 'db']"),
        ('password="never closed and long\nnext', "password=***\nnext"),
        ("credentials: {'user': 'a', 'pw': 'b'}\nnext", "credentials: ***\nnext"),
        ("Cookie: a=b; sessionid=c\nnext", "Cookie: ***\nnext"),
        ("passphrase: correct horse battery", "passphrase: ***"),
        ("Authorization: Token abc def\nnext", "Authorization: ***\nnext"),
        ("password='' token=", "password='' token="),
    ],
)
def test_what_follows_the_name_of_a_secret_is_hidden(text: str, shown: str) -> None:
    assert redact_text(text) == shown


@pytest.mark.parametrize(
    "text, shown",
    [
        ("redis://:pw@host:6379/0", "redis://:***@host:6379/0"),
        ("at postgres://ada:p@ss:w@db/x.", "at postgres://ada:***@db/x."),
        ("belfry_" + "a1" * 32 + " is mine", "*** is mine"),
        ("sent Bearer abc.def-ghi", "sent Bearer ***"),
        ("sent basic dXNlcjpwYXNz", "sent basic ***"),
        ("Bearer abcdefghijklmnopqrst", "Bearer ***"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMII\nabc\n-----END RSA PRIVATE KEY-----\nafter",
            "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nafter",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMII\ncut", "-----BEGIN PRIVATE KEY-----***"),
    ],
)
def test_secrets_that_are_known_by_their_form_are_hidden(text: str, shown: str) -> None:
    assert redact_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "tokens=12 token_count=3 author=me passenger: 4",
        "Basic authentication failed for the bearer of this",
        "Bearer tokens. Basic information",
        "GET http://localhost:8000/a?b=c@d",
        "http://host:80?b=c@d http://host:80#c@d",
        '["http://host:80","me@example.org"]',
        "http://host:80/x and me@example.org",
        "database belfry_test, belfry_worker",
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        "the password is wrong; secret or token missing",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.fixture
def secrets(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECRET_KEY = "key-of-the-house"
    settings.SECRET_KEY_FALLBACKS = ["former-key-1"]
    settings.CELERY_BROKER_URL = "redis://:Broker%2Fpass1@host:6379/0"
    settings.CELERY_RESULT_BACKEND = "redis://u:Results-pass@host/1"
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", 'Data"base-1')
    settings.EMAIL_HOST_PASSWORD = "Mail-pass-1"
    settings.SENTRY_DSN = "sentry-dsn-1"


@pytest.mark.parametrize(
    "value",
    [
        "key-of-the-house", "former-key-1", "Broker%2Fpass1", "Broker/pass1", "Results-pass",
        'Data"base-1', 'Data\\"base-1', "Data%22base-1", "Mail-pass-1", "sentry-dsn-1",
    ],
)  # fmt: skip
def test_secrets_of_the_installation_are_known(value: str, secrets: None) -> None:
    assert redact_text(f"x{value}y and {value}") == "x***y and ***"
    assert redact([value]) == [MASK]


def test_a_setting_of_ordinary_words_hides_no_words(settings: Any) -> None:
    settings.EMAIL_HOST_PASSWORD = "password"
    settings.SECRET_KEY_FALLBACKS = ["", "short-1"]

    assert redact_text("a password, short-1") == "a password, short-1"


def test_settings_that_tell_about_secrets_are_none() -> None:
    text = "django.contrib.sessions.backends.db tasks_app.ApiToken"

    assert redact_text(text) == text


@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=12).map("".join))
def test_any_text_can_be_redacted_and_once_is_enough(text: str) -> None:
    once = redact_text(text)

    assert redact_text(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        "a", "a=", "password=", 'password="', 'password=\\"', "token=b'\\", "\\", "://", "://a:",
        "://a:b@", "-----BEGIN PRIVATE KEY-----", "Bearer ", "Bearer aaaaa", "belfry_", "--secret ",
        "token =    ", "password=)", "passphrase: (", '"password": {', "Authorization:", " ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("start", ["", "password='"])
def test_a_hostile_text_takes_time_in_proportion(unit: str, start: str) -> None:
    text = start + unit * (1_000_000 // len(unit))
    began = thread_time()

    redact_text(text)

    # A pattern that goes back over the text would take minutes.
    assert thread_time() - began < 5


def test_the_log_of_a_process_tells_no_secrets() -> None:
    try:
        raise ValueError("token=Hunter-2")
    except ValueError as error:
        exc_info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord(
        "x", logging.INFO, "here", 1, "went to %s", ("redis://u:Hunter-2@host",), exc_info
    )

    line = RedactingFormatter("%(levelname)s %(message)s").format(record)

    assert line.startswith("INFO went to redis://u:***@host\nTraceback")
    assert line.endswith("ValueError: token=***")
    assert "Hunter-2" not in line
