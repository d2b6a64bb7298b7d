"""Workers and beats as their rows tell them, for tests of what is told about them."""

from typing import Any

from django.db.models.functions import Now

from tasks_app.models import Beat, Worker


def a_worker(
    hostname: str = "w@here", queues: tuple[str, ...] = ("default",), **facts: Any
) -> None:
    """A worker that was heard from just now, with two slots."""
    Worker.objects.create(
        **{"hostname": hostname, "pid": 1, "queues": list(queues), "concurrency": 2, **facts}
    )


def a_beat(name: str = "beat@here", **facts: Any) -> None:
    """A beat that ticked and swept just now."""
    Beat.objects.create(**{"name": name, "pid": 2, "swept_at": Now(), **facts})
