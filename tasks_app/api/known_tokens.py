"""The tokens that this process has just looked up, so that a busy client costs no query a request.

Each process asks the database anew after half a second: so a token that was revoked, or whose
user was deactivated, opens nothing a second later, in no process and without a message to any.
"""

import logging
import time
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from django.db import Error, transaction
from django.db.models.signals import post_delete

from tasks_app.models import ApiToken

logger = logging.getLogger(__name__)
KNOWN_FOR = 0.5
MOST = 1000


class _Known(NamedTuple):
    token: ApiToken
    asked_at: float


class KnownTokens:
    """At most `MOST` valid tokens by digest, for any number of threads."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._lock = Lock()
        self._forgotten = 0

    def find(self, digest: str) -> ApiToken | None:
        """The valid token of this hash, with its user: to be read and not changed, for threads
        share it. None if there is none."""
        # Before the question, not after the answer: what was true then is what is remembered.
        now, forgotten = time.monotonic(), self._forgotten
        known = self._known.get(digest)
        if known and now - known.asked_at < KNOWN_FOR:
            return known.token
        token = _look_up(digest)
        with self._lock:
            self._known.pop(digest, None)
            # One that was revoked here meanwhile must not come back.
            if token and forgotten == self._forgotten:
                self._known[digest] = _Known(token, now)
            if len(self._known) > MOST:
                del self._known[next(iter(self._known))]
        return token

    def forget(self, digest: str) -> None:
        """Ask the database again for this one."""
        with self._lock:
            self._forgotten += 1
            self._known.pop(digest, None)

    def clear(self) -> None:
        """Know none."""
        with self._lock:
            self._forgotten += 1
            self._known.clear()


def _look_up(digest: str) -> ApiToken | None:
    token: ApiToken | None = ApiToken.objects.valid().with_digest(digest).first()
    if token and token.use_is_due:
        _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    try:
        # Of its own, so that a failure spoils no transaction around it.
        with transaction.atomic():
            token.note_use()
    except Error as error:
        logger.warning("the use of a token was not noted: %s", error)


known_tokens = KnownTokens()


def _forget_deleted(instance: ApiToken, **_: Any) -> None:
    transaction.on_commit(partial(known_tokens.forget, instance.digest))


post_delete.connect(_forget_deleted, sender=ApiToken)
