"""Why a tick did not run: which policy put it aside, and what it saw."""

from collections.abc import Callable

from tasks_app.models import Pause, Skip, Task, TaskExecution, Timer
from tasks_app.models.pause import WAITING_ENOUGH
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.lateness import first_line
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at, clock, span
from tasks_app.states import Overlap, Reason, Status

Teller = Callable[[TaskExecution, Machines], Explanation]


def explain_skipped(run: TaskExecution, machines: Machines) -> Explanation:
    """Which policy put the tick aside, or the gap that this row stands for."""
    tell = _BY_REASON.get(Reason(run.reason), _otherwise) if run.reason else _otherwise
    decided = f"It was decided at {at(run.created_at, machines.now)}."
    return tell(run, machines).proven_by(_tick(run), decided, first_line(run.error))


def _tick(run: TaskExecution) -> str:
    """The moment, or the moments of a folded gap."""
    if run.scheduled_for is None:
        return ""
    if run.missed_from and run.missed_count > 1:
        gap = f"{clock(run.missed_from)} to {clock(run.scheduled_for)}"
        return f"It stands for {run.missed_count} ticks of {run.schedule_name}, from {gap}."
    return f"The tick of {run.schedule_name} at {clock(run.scheduled_for)}."


def _missed(run: TaskExecution, machines: Machines) -> Explanation:
    """Nobody fired it at its moment, and the policy did not run it afterwards; or it was paused."""
    if run.error == WAITING_ENOUGH:
        return _under_a_pause(run)
    moment = run.missed_from or run.scheduled_for or run.created_at
    silence = machines.silence_of_beats(moment)
    told = first_line(run.error)
    nobody = f"no beat lived {silence}" if silence else "no beat fired it at its moment"
    facts = [told]
    if run.scheduled_for:
        late = span(run.created_at - run.scheduled_for)
        facts.append(f"Beat came to it {late} after its moment.")
    facts.append(machines.beat_line())
    policy = f", and catch-up of its task is “{run.task.catch_up}”" if run.task else ""
    what = f"{run.missed_count} ticks were missed" if run.missed_count > 1 else "It was missed"
    if run.task:
        window = f"catch-up window of its task is {run.task.catch_up_window} s"
        facts.append(f"The {window}; what is older is not run.")
    advice = ["Choose another catch-up policy or a longer window, or execute the task now."]
    if told and not silence:
        return Explanation(Reason.MISSED.value, f"{what}. {told}", facts, advice)
    return Explanation(Reason.MISSED.value, f"{what}: {nobody}{policy}.", facts, advice)


def _under_a_pause(run: TaskExecution) -> Explanation:
    policy = f"Catch-up of its task is “{run.task.catch_up}”." if run.task else ""
    pauses = Pause.objects.holding(run.queue, run.task_id)
    held = [f"Still in force: the pause of {pause.what}." for pause in pauses]
    advice = ["Catch-up “all” lets a hundred ticks wait for the end of a pause."]
    sentence = f"It was skipped. {run.error}"
    return Explanation(Reason.MISSED.value, sentence, [policy, *held], advice)


def _overlap(run: TaskExecution, _: Machines) -> Explanation:
    if run.error:
        advice = ["Let other arguments tell its runs apart, or change unique_runs of the task."]
        sentence = f"It was skipped. {first_line(run.error)}"
        return Explanation(Reason.OVERLAP.value, sentence, advice=advice)
    policy = f"the overlap policy is “{Overlap(run.task.overlap).value}”" if run.task else ""
    other = _under_way(run)
    if other is None:
        sentence = f"It was skipped, because another run of the task was still live; {policy}"
        return Explanation(Reason.OVERLAP.value, sentence.rstrip("; ") + ".")
    since = f"since {clock(other.started_at or other.created_at)}"
    until = f"It ended at {clock(other.finished_at)}." if other.finished_at else "It is still live."
    return Explanation(
        Reason.OVERLAP.value,
        f"It was skipped, because run {other.pk} of the same task was live {since}; {policy}.",
        [until],
        ["Let the policy buffer or allow such ticks, or run the task less often."],
    )


def _under_way(run: TaskExecution) -> TaskExecution | None:
    if run.task_id is None:
        return None
    others = TaskExecution.objects.of_task(run.task_id).occupying_at(run.created_at)
    return others.newest_first().without_documents().first()


def _over_limit(run: TaskExecution, _: Machines) -> Explanation:
    if run.error:
        advice = ["Cancel what need not run, start more workers, or raise the cap."]
        sentence = f"It was skipped. {first_line(run.error)}"
        return Explanation(Reason.OVER_LIMIT.value, sentence, advice=advice)
    others = TaskExecution.objects.of_task(run.task_id) if run.task_id else None
    waiting = others.buffered().count_up_to(1000) if others is not None else 0
    return Explanation(
        Reason.OVER_LIMIT.value,
        "It was skipped, because more ticks were to be run at once than the policy allows.",
        [f"Of its ticks, {waiting} {'waits' if waiting == 1 else 'wait'} for an earlier run now."],
    )


def _max_runs(run: TaskExecution, _: Machines) -> Explanation:
    task: Task | None = run.task
    timer = Timer.objects.filter(schedule=run.schedule_id).first()
    counted = f"Its schedule has started {timer.run_count} runs." if timer else ""
    limit = f" of {task.max_runs}" if task and task.max_runs else ""
    sentence = f"It was skipped, because the task had reached its number of runs{limit}."
    return Explanation(Reason.MAX_RUNS.value, sentence, [counted])


def _by_person(run: TaskExecution, machines: Machines) -> Explanation:
    tick = {"schedule": run.schedule_id, "scheduled_for": run.scheduled_for}
    skip = Skip.objects.filter(**tick).select_related("user").first()
    if skip:
        who = skip.user.get_username() if skip.user else "A person"
        given = f"The reason given: {skip.reason}" if skip.reason else ""
        sentence = f"{who} skipped it at {at(skip.created_at, machines.now)}."
        return Explanation(Reason.BY_PERSON.value, sentence, [given])
    return Explanation(Reason.BY_PERSON.value, Reason.BY_PERSON.label)


def _otherwise(run: TaskExecution, _: Machines) -> Explanation:
    if run.reason:
        return Explanation(run.reason, Reason(run.reason).label)
    return Explanation(Status.SKIPPED.value, "It was skipped.")


_BY_REASON: dict[Reason, Teller] = {
    Reason.MISSED: _missed,
    Reason.OVERLAP: _overlap,
    Reason.OVER_LIMIT: _over_limit,
    Reason.MAX_RUNS: _max_runs,
    Reason.BY_PERSON: _by_person,
}
