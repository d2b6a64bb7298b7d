"""The secrets that this installation itself holds, to be found wherever they turn up."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings

MASK = "***"
# Shorter ones are found by what stands before them; as values they would hit ordinary words.
_SENSIBLE = re.compile(r"(?=.*[^a-z]).{8,}|.{16,}", re.DOTALL)
_SECRET_SETTING = re.compile(
    r"(^|_)(PASSWORD|PASSPHRASE|SECRET|SECRET_KEY|PRIVATE_KEY|ACCESS_KEY|API_KEY|TOKEN|DSN)$"
)
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]*:([^/\s]+)@")


def known_values() -> tuple[str, ...]:
    """Values of secret settings and passwords in addresses, the longest first."""
    # `override_settings` puts another holder in place: what was read of the last one is dropped.
    return _of(vars(settings)["_wrapped"])


@lru_cache(maxsize=1)
def _of(holder: Any) -> tuple[str, ...]:
    found = {form for value in _values(holder) for form in _forms(value)}
    sensible = {form for form in found if _SENSIBLE.fullmatch(form)}
    return tuple(sorted(sensible, key=lambda form: (-len(form), form)))


def _values(holder: Any) -> Iterator[str]:
    for name in filter(str.isupper, dir(holder)):
        value = getattr(holder, name)
        if isinstance(value, str):
            yield from [value] if _SECRET_SETTING.search(name) else []
            yield from _PASSWORD_IN_URL.findall(value)
    yield from getattr(holder, "SECRET_KEY_FALLBACKS", ())
    for database in getattr(holder, "DATABASES", {}).values():
        yield database.get("PASSWORD") or ""


def _forms(value: str) -> set[str]:
    """As it is, and as addresses and JSON spell it."""
    plain = unquote(value)
    spelled = {json.dumps(plain, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {value, plain, quote(plain, safe=""), *spelled}
