"""What else grows for ever: processes that are gone, alarms that are over."""

from tasks_app.models import Alarm, Beat, Worker


def forget_gone() -> dict[str, int]:
    """Delete those rows; how many, by what they told of. There are few: no batches."""
    old = {
        "workers": Worker.objects.forgotten(),
        "beats": Beat.objects.forgotten(),
        "alarms": Alarm.objects.forgotten(),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
