"""What only superusers may ask for, at every door."""

from tasks_app.exceptions import SuperusersOnly
from tasks_app.services.actor import Actor


def check_superuser(actor: Actor, what: str) -> None:
    """Raise SuperusersOnly for anybody else; `what` ends the sentence "only a superuser …"."""
    if not actor.user.is_superuser:
        raise SuperusersOnly(what)
