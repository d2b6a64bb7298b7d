"""Secrets in JSON: which names hide what stands under them, and what is left alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.redaction import MASK, redact, redact_positional, unredact

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["password", "api_key", "tokens", "password=x", "a://b:c@d", MASK, "Bearer"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def shape_of(value: Any) -> Any:
    """What is nested in what; leaves are all alike."""
    if isinstance(value, dict):
        return ["object", *map(shape_of, value.values())]
    if isinstance(value, list):
        return ["list", *map(shape_of, value)]
    return None


@pytest.mark.parametrize(
    "key",
    [
        "password", "passwd", "passphrase", "secret", "token", "access_token", "refresh_token",
        "api_key", "apikey", "authorization", "credential", "credentials", "private_key", "cookie",
        "session", "dsn", "passwords", "pwd", "passcode", "jwt", "sessionid", "signing_key",
        "encryption_key", "aws_access_key", "privatekey", "secrets", "cookies", "api_keys",
    ],
)  # fmt: skip
def test_what_stands_under_the_name_of_a_secret_is_hidden(key: str) -> None:
    assert redact({key: "Hunter-2 x"}) == {key: MASK}


@pytest.mark.parametrize(
    "key",
    [
        "db-password", "dbPassword", "DB_PASSWORD", "DBPassword", "PGPASSWORD", "X-Api-Key",
        "apiKey", "APIKey", "password2", "csrftoken", "session_id", "client_secret",
        "password_hash", "x" * 5000 + "_password",
    ],
)  # fmt: skip
def test_a_name_may_be_spelled_in_any_way(key: str) -> None:
    assert redact({key: "Hunter-2 x"}) == {key: MASK}


@pytest.mark.parametrize(
    "key",
    [
        "tokens", "token_count", "author", "session_count", "passenger", "keyboard", "keys",
        "secretary", "token_type", "passwordless", "session_timeout", "password_length",
        "tokenizer", "key", "", "obsession", "TokenError",
    ],
)  # fmt: skip
def test_names_that_only_look_alike_hide_nothing(key: str) -> None:
    assert redact({key: "Hunter-2 x", "password": 1})[key] == "Hunter-2 x"


def test_a_whole_object_under_such_a_name_is_hidden() -> None:
    value = [{"credentials": {"user": "ada", "pin": 1234}, "codes": [{"secret": [1, 2]}]}]

    assert redact(value) == [{"credentials": MASK, "codes": [{"secret": MASK}]}]


def test_numbers_are_hidden_and_what_tells_nothing_is_not() -> None:
    value = {"password": None, "token": "", "secret": False, "session": True, "passcode": 1234}

    assert redact(value) == value | {"passcode": MASK}


def test_texts_are_redacted_wherever_they_stand() -> None:
    value = {"note": ["the password=Hunter-2 is old"], "redis://u:pw@host": 1}

    assert redact(value) == {"note": ["the password=*** is old"], "redis://u:***@host": 1}


def test_an_installation_can_name_more(settings: Any) -> None:
    settings.REDACT_KEYS = ["cardNumber", "pin"]
    value = {"card_number": 4111, "old-card-number": 1, "PIN": 7, "pinned": 8, "card": 9}

    shown = redact(value | {"note": "pin=1234 pinned=yes"})

    assert shown == value | {
        "card_number": MASK, "old-card-number": MASK, "PIN": MASK, "note": "pin=*** pinned=yes",
    }  # fmt: skip
    settings.REDACT_KEYS = []
    assert redact(value) == value


def test_what_is_no_json_does_not_matter() -> None:
    thing = object()
    ring: list[Any] = []
    ring.append(ring)
    deep: Any = "password=x"
    for _ in range(100_000):
        deep = [deep]

    assert redact({("a", 1): thing, "token": thing}) == {("a", 1): thing, "token": MASK}
    assert redact(ring) == redact(deep) == MASK


@given(JSON)
def test_json_keeps_its_shape_and_what_is_redacted_stays(value: Any) -> None:
    shown = redact({"in": value})

    assert redact(shown) == shown
    hidden = redact({"password": value})["password"]
    assert hidden == (MASK if value and value is not True else value)


@given(st.recursive(st.integers() | TEXTS, lambda inner: st.lists(inner, max_size=4)))
def test_lists_keep_their_places(value: Any) -> None:
    assert shape_of(redact(value)) == shape_of(value)


def test_positional_arguments_are_known_by_their_parameters() -> None:
    shown = redact_positional(["ada", "Hunter-2", {"token": "x"}, "more"], ["user", "password"])

    assert shown == ["ada", MASK, {"token": MASK}, "more"]


STORED = {
    "user": "ada",
    "password": "Hunter-2",
    "urls": ["redis://u:pw@host", 1],
    "belfry_0123456789abcdef": True,
}


def test_what_is_sent_back_as_it_was_shown_means_what_is_stored() -> None:
    assert unredact(redact(STORED), redact(STORED), STORED) == STORED


def test_edits_beside_a_mask_are_taken() -> None:
    shown = redact(STORED)
    edited = shown | {"user": "bob", "urls": [shown["urls"][0], True], "new": ["x"]}

    meant = unredact(edited, shown, STORED)

    assert meant == STORED | {"user": "bob", "urls": ["redis://u:pw@host", 1], "new": ["x"]}
    assert meant["urls"][1] is True


def test_a_new_secret_replaces_the_hidden_one() -> None:
    edited = redact(STORED) | {"password": "Correct-Horse"}

    assert unredact(edited, redact(STORED), STORED) == STORED | {"password": "Correct-Horse"}


@pytest.mark.parametrize(
    "edit",
    [
        {"pass_phrase": MASK},
        {"user": MASK},
        {"urls": [1, "redis://u:***@host"]},
        {"urls": ["redis://u:***@elsewhere", 1]},
        {"password": {"old": MASK}},
        {"urls": ["redis://u:***@host", 1, MASK]},
    ],
)
def test_a_mask_at_another_place_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Write the value itself"):
        unredact(redact(STORED) | edit, redact(STORED), STORED)


def test_names_that_redaction_made_alike_cannot_be_told_apart() -> None:
    stored = {"belfry_0123456789abcdef": 1, "belfry_0123456789abcdeg": 2}

    with pytest.raises(ValueError, match="Write the value itself"):
        unredact(redact(stored), redact(stored), stored)


def test_stars_are_a_value_where_nothing_is_hidden() -> None:
    assert unredact({"title": "*** new ***"}, {"title": "x"}, {"title": "x"}) == {
        "title": "*** new ***"
    }


@given(JSON)
def test_sending_back_what_was_shown_never_changes_anything(value: Any) -> None:
    stored = {"password": "Hunter-2", "in": value}
    shown = redact(stored)

    # Two names that become one by redaction cannot be told apart any more.
    if shape_of(shown) == shape_of(stored | {"password": 1}):
        assert unredact(shown, shown, stored) == stored
