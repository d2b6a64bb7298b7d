"""Refusals of what is not everybody's to do."""

from tasks_app.exceptions.refused import Refused


class SuperusersOnly(Refused):
    """It touches or tells what belongs to everybody. Answered with 403."""

    code = "superusers_only"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Not done: only a superuser {what}, which concerns everybody. Ask one of them."
        )
