"""Whether and when the schedule of a task starts it next."""

from datetime import datetime

from tasks_app.models import Skip, Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.reporting.explaining.due import START_BEAT
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.history import actor_of, last_switch, why_of
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at, clock


def explain_schedule(task: Task, machines: Machines) -> Explanation:
    """What the schedule will do next, or the first thing that keeps it from firing."""
    if not task.enabled:
        return explain_disabled(task, machines)
    timer = timer_of(task)
    if timer is None:
        sentence = "It has no schedule: it runs when a person or program executes it."
        return Explanation("no_schedule", sentence)
    if timer.error:
        return _set_aside(timer)
    if timer.next_fire_at is None:
        return _over(task, timer)
    if not machines.beat_lives:
        return _without_beat(timer, machines)
    return _coming(task, timer, machines)


def timer_of(task: Task) -> Timer | None:
    """The timer of its schedule, which a trigger makes with the schedule's row."""
    return Timer.objects.filter(schedule=task.schedule_id).first() if task.schedule_id else None


def explain_disabled(task: Task, machines: Machines) -> Explanation:
    """Who disabled it, when, and with which reason."""
    advice = ["Enable the task. It can be executed by hand meanwhile."]
    event = last_switch(task)
    if event is None or event.after["enabled"]:
        sentence = "The task is disabled, so its schedule does not start it."
        return Explanation("disabled", sentence, ["The history does not tell who disabled it."])
    when = at(event.at, machines.now)
    sentence = f"The task is disabled: {actor_of(event)} disabled it at {when}."
    return Explanation("disabled", sentence, [line for line in [why_of(event)] if line], advice)


def _set_aside(timer: Timer) -> Explanation:
    return Explanation(
        "set_aside",
        f"Its schedule is set aside, because it cannot be kept: {timer.error}",
        advice=["Correct the schedule; beat takes it up within a second."],
    )


def _over(task: Task, timer: Timer) -> Explanation:
    """No moment follows."""
    schedule, last = task.schedule, ""
    if timer.watermark:
        last = f"Its last moment was {clock(timer.watermark)}."
    if task.max_runs and timer.run_count >= task.max_runs:
        sentence = f"Its schedule has started {timer.run_count} of {task.max_runs} runs."
        return Explanation("max_runs", sentence, [last], ["Raise max_runs, or set none."])
    if schedule and schedule.one_off and schedule.last_run_at:
        sentence = f"Its schedule fires once, and did so at {clock(schedule.last_run_at)}."
        return Explanation("fired_once", sentence, [last])
    if schedule and schedule.expires:
        sentence = f"Its schedule has ended: its end was set to {clock(schedule.expires)}."
        return Explanation("ended", sentence, [last], ["Set a later end_time, or none."])
    return Explanation("ended", "Its schedule has no further moment.", [last])


def _without_beat(timer: Timer, machines: Machines) -> Explanation:
    assert timer.next_fire_at
    last = machines.last_beat
    since = f" since {at(last.seen_at, machines.now)}" if last else ""
    planned = ""
    if timer.next_fire_at > STALE:
        planned = f"Its next moment is {at(timer.next_fire_at, machines.now)}."
    sentence = f"Its schedule does not fire, because no beat lives{since}."
    return Explanation("beat_down", sentence, [planned], [START_BEAT])


def _coming(task: Task, timer: Timer, machines: Machines) -> Explanation:
    following = timer.next_fire_at
    assert following
    if following <= STALE:
        edited = f" at {clock(timer.edited_until)}" if timer.edited_until else ""
        sentence = (
            f"Its schedule was edited{edited}; beat computes its next moment within a second."
        )
        return Explanation("just_edited", sentence)
    if following <= machines.now:
        sentence = f"Its schedule is due since {at(following, machines.now)}; beat fires it."
        return Explanation("due", sentence)
    if skip := skip_of(task, following):
        return explain_skip(skip, machines)
    jitter = f"It begins up to {task.jitter} s later (jitter)." if task.jitter else ""
    sentence = f"Its schedule starts it next at {at(following, machines.now)}."
    return Explanation("scheduled", sentence, [jitter])


def skip_of(task: Task, moment: datetime) -> Skip | None:
    """The skip of one coming tick."""
    skips = Skip.objects.filter(schedule=task.schedule_id, scheduled_for=moment)
    return skips.select_related("user").first()


def explain_skip(skip: Skip, machines: Machines) -> Explanation:
    """A person put that tick aside."""
    who = skip.user.get_username() if skip.user else "A person"
    moment = at(skip.scheduled_for, machines.now)
    return Explanation(
        "will_be_skipped",
        f"The tick at {moment} will be skipped: {who} put it aside at {clock(skip.created_at)}.",
        [f"The reason given: {skip.reason}" if skip.reason else ""],
        ["Take the skip back to let it run."],
    )
