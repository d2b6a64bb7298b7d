"""What the installation tells of itself: alarms and counters."""

from tasks_app.models import Alarm, Counter
from tasks_app.models.alarm import AlarmQuerySet
from tasks_app.models.counter import CounterQuerySet
from tasks_app.services.actor import Actor


def get_alarms(
    actor: Actor, *, ended: bool = False, skip: int = 0, limit: int | None = None
) -> AlarmQuerySet:
    """The alarms that are open, or those that ended, newest first; `skip` and `limit` count rows.

    None for who may not see them.
    """
    alarms: AlarmQuerySet = Alarm.objects.visible_to(actor.user)
    alarms = alarms.ended() if ended else alarms.open()
    return alarms.newest_first()[skip : None if limit is None else skip + limit]


def get_counters(actor: Actor, *, skip: int = 0, limit: int | None = None) -> CounterQuerySet:
    """The counters by name; `skip` and `limit` count rows. None for who may not see them."""
    counters: CounterQuerySet = Counter.objects.visible_to(actor.user)
    return counters.by_name()[skip : None if limit is None else skip + limit]
