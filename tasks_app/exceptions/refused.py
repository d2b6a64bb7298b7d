"""The kinds of refusals: what cannot be done, what is not there, what is not acceptable."""


class Refused(Exception):
    """What was asked cannot be done, and the message says why. Answered with 409 and `code`."""

    code = "refused"


class NotFound(Refused):
    """Nothing of that id or key is visible to the user. Answered with 404."""

    code = "not_found"

    def __init__(self, what: str, name: object) -> None:
        super().__init__(f"There is no {what} {name}.")


class Invalid(Refused):
    """Values are not acceptable. Answered with 400, by field."""

    code = "invalid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors
