"""Refusals of pauses."""

from tasks_app.exceptions.refused import Refused


class NotPaused(Refused):
    """There is no pause of the task to end."""

    code = "not_paused"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Not resumed: {name} is not paused. If its runs wait all the same, its queue or "
            "everything may be."
        )
