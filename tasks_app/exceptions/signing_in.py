"""Refusals of who wants to come in, or to leave."""

from tasks_app.exceptions.refused import Refused


class BadCredentials(Refused):
    """Name and password do not open an account. Answered with 401."""

    code = "bad_credentials"

    def __init__(self) -> None:
        super().__init__("Not signed in: no active user has this name and this password.")


class NoTokenInUse(Refused):
    """A session asked to end its token."""

    code = "no_token_in_use"

    def __init__(self) -> None:
        super().__init__(
            "Not done: this request came with a session and no token. Sign out in the admin."
        )
