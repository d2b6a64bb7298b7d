"""Why a run that is due has not started: the machinery between its doorbell and a free slot."""

from datetime import timedelta

from tasks_app import registry
from tasks_app.models import TaskExecution, Worker
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at, clock, span

START_BEAT = "Start a beat: celery -A config beat."
# Runs before it are counted no further.
MOST_COUNTED = 10_000
# A message that was pushed this long ago is in its queue or in a worker's hands.
ON_ITS_WAY = timedelta(seconds=2)


def explain_due(run: TaskExecution, machines: Machines) -> Explanation:
    """The first thing that keeps it from starting, in the order in which each would stop it."""
    for cause in (_broker, _workers, _bell, _job, _slots):
        if found := cause(run, machines):
            return found
    return _message(run, machines)


def _broker(run: TaskExecution, machines: Machines) -> Explanation | None:
    if machines.messages(run.queue) is not None:
        return None
    return Explanation(
        "broker_down",
        "It has not started, because the broker does not answer.",
        advice=["Start the broker. Nothing is lost: beat rings for the run when it answers."],
    )


def _workers(run: TaskExecution, machines: Machines) -> Explanation | None:
    if machines.serving(run.queue):
        return None
    last = machines.last_serving(run.queue)
    since = f" since {at(last.seen_at, machines.now)}" if last else ""
    sentence = f"It has not started, because no live worker serves queue {run.queue}{since}."
    none_known = f"No worker is known that ever served queue {run.queue}."
    return Explanation(
        "no_worker",
        sentence,
        [machines.heard(last.hostname) if last else none_known],
        [f"Start a worker for it: celery -A config worker -Q {run.queue}."],
    )


def _bell(run: TaskExecution, machines: Machines) -> Explanation | None:
    """Beat rings for what waited for its time, and for what could not be sent at first."""
    if run.published_at is not None:
        return None
    if not machines.beat_lives:
        return _without_beat(run, machines)
    sentence = "It is due, and its message is not sent yet; beat sends it within seconds."
    return Explanation("unsent", sentence)


def _without_beat(run: TaskExecution, machines: Machines) -> Explanation:
    assert run.run_at
    last = machines.last_beat
    since = f" since {at(last.seen_at, machines.now)}" if last else ""
    sentence = f"It is due since {clock(run.run_at)}, but no beat lives{since} to send its message."
    return Explanation("beat_down", sentence, advice=[START_BEAT])


def _job(run: TaskExecution, _: Machines) -> Explanation | None:
    if registry.find(run.celery_task_name):
        return None
    return Explanation(
        "unknown_job",
        f"It has not started; this installation knows no job {run.celery_task_name}.",
        advice=["Deploy the job to the workers, or add its new name to JOB_ALIASES."],
    )


def _slots(run: TaskExecution, machines: Machines) -> Explanation | None:
    """Every slot is taken, or more runs wait before it than there are slots."""
    workers = machines.serving(run.queue)
    slots = sum(worker.concurrency for worker in workers)
    ahead = TaskExecution.objects.before(run).count_up_to(MOST_COUNTED)
    running = TaskExecution.objects.on_workers(worker.hostname for worker in workers)
    busy = running.count_up_to(MOST_COUNTED)
    facts = [f"{busy} of {slots} slots are busy.", f"{_wait(ahead)} before it."]
    if ahead > slots:
        return Explanation(
            "queue_deep",
            f"It waits its turn: {_wait(ahead)} before it on queue {run.queue}.",
            facts,
            ["Start more workers for the queue, or give the task a higher priority."],
        )
    if busy < slots:
        return None
    return Explanation(
        "workers_busy",
        f"It waits for a free slot: all {slots} slots of the workers of queue {run.queue} are "
        f"busy, and {_wait(ahead)} before it.",
        [*facts, _longest(running.first(), run, machines)],
        ["Start more workers for the queue, or cancel what runs too long."],
    )


def _wait(count: int) -> str:
    if count == 1:
        return "1 run waits"
    return f"{count}{' or more' if count == MOST_COUNTED else ''} runs wait"


def _longest(longest: TaskExecution | None, run: TaskExecution, machines: Machines) -> str:
    """Somebody else's run is not named."""
    if longest is None or longest.started_at is None:
        return ""
    name = f", {longest.pk}," if longest.owner_id == run.owner_id else ""
    since = span(machines.now - longest.started_at)
    return f"The longest running one{name} began {since} ago on {longest.worker}."


def _message(run: TaskExecution, machines: Machines) -> Explanation:
    """A slot is free: where is its message?"""
    rung = f"Its message was sent at {at(run.published_at or machines.now, machines.now)}"
    facts = [f"{rung}, {run.published_count} times in all."]
    holder = machines.holder(run.pk)
    if holder:
        return Explanation("in_hand", _in_hand(holder), facts)
    is_fresh = run.published_at is None or machines.now - run.published_at < ON_ITS_WAY
    if machines.messages(run.queue) or is_fresh:
        return Explanation("sent", f"{rung}; a worker will take it at any moment.", facts)
    sentence = "Its message was lost: it is neither in its queue nor with a worker."
    if machines.beat_lives:
        return Explanation("message_lost", f"{sentence} Beat sends it again.", facts)
    advice = [f"{START_BEAT} It sends the message again."]
    return Explanation("beat_down", f"{sentence} No beat lives to send it again.", facts, advice)


def _in_hand(holder: Worker) -> str:
    return f"Worker {holder.hostname} holds its message and has not begun it yet."
