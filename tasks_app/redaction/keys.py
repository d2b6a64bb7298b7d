"""Which names stand before a secret: `password`, `db-password`, `dbPassword`, `DB_PASSWORD`."""

import re
from functools import lru_cache

from django.conf import settings

# Words and phrases of a name, each closed by `_`; those without a leading `_` may also end a
# longer word, as in `pgpassword` and `csrftoken`.
_PHRASES = (
    "password_", "passwords_", "passwd_", "_pwd_", "passphrase_", "passcode_", "secret_",
    "secrets_", "token_", "_jwt_", "authorization_", "credential_", "credentials_", "apikey_",
    "api_key_", "api_keys_", "privatekey_", "private_key_", "access_key_", "encryption_key_",
    "signing_key_", "cookie_", "cookies_", "_session_", "_sessionid_", "_dsn_",
)  # fmt: skip
# A name that ends so tells something about a secret and not the secret.
_ABOUT = {
    "age", "at", "budget", "count", "counts", "error", "exception", "expired", "expires", "expiry",
    "in", "kind", "length", "limit", "name", "number", "policy", "seconds", "size", "timeout",
    "ttl", "type", "usage",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Of a longer name only the end is read, so that no text can fill the memory of what was judged.
_READ = 64


def is_suspicious(key: str) -> bool:
    """Whether a secret may stand under `key`, by its whole words in any of the usual spellings.

    `REDACT_KEYS` of the settings adds words and phrases.
    """
    return _judge(key[-_READ:], tuple(settings.REDACT_KEYS))


def first_words() -> tuple[str, ...]:
    """Lower-case texts; without one of them in it no name is suspicious."""
    return _first_words(tuple(settings.REDACT_KEYS))


@lru_cache(maxsize=4096)
def _judge(key: str, more: tuple[str, ...]) -> bool:
    words = _words(key)
    name = _closed(words)
    if any(phrase in name for phrase in _own(more)):
        return True
    tells_about = _ABOUT.intersection(words[-1:])
    return not tells_about and any(phrase in name for phrase in _PHRASES)


@lru_cache(maxsize=1)
def _own(more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_closed(_words(phrase)) for phrase in more if _words(phrase))


@lru_cache(maxsize=1)
def _first_words(more: tuple[str, ...]) -> tuple[str, ...]:
    firsts = {phrase.strip("_").split("_")[0] for phrase in (*_PHRASES, *_own(more))}
    longer = {word for word in firsts for other in firsts if other != word and other in word}
    return tuple(sorted(firsts - longer))


def _words(key: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(key)]


def _closed(words: list[str]) -> str:
    return f"_{'_'.join(words)}_"
