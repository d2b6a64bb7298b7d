"""Processes that die, freeze, or are asked to stop."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from tasks_app.tests.faults.hurting import Act, Done, Fault, Victim
from tasks_app.tests.faults.members import Member

# A supervisor starts what died within this. Seconds.
RESTARTS_WITHIN = 3.0
# As `manage.py up` waits for a worker that was asked to stop.
STOPS_WITHIN = 8.0


def kill(kind: str) -> Act:
    """SIGKILL the whole group."""
    return _kill(kind, Member.kill)


def kill_main(kind: str) -> Act:
    """SIGKILL the main process; its children follow by themselves."""
    return _kill(kind, Member.kill_main)


def _kill(kind: str, how: Callable[[Member], list[int]]) -> Act:
    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        if member is None:
            return None
        dead = how(member)
        delay = victim.rng.uniform(0, RESTARTS_WITHIN)
        return Done((member.name,), delay, member.start, {"dead": dead})

    return act


def kill_child(kind: str) -> Act:
    """SIGKILL one child; its parent makes another."""

    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        children = member.children() if member else []
        if member is None or not children:
            return None
        child = victim.rng.choice(children)
        member.kill_child(child)
        return Done((), facts={"dead": [child], "member": member.name})

    return act


def freeze(kind: str) -> Act:
    """SIGSTOP the whole group, for less or for more than a lease."""

    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        if member is None:
            return None
        member.freeze()
        seconds = victim.rng.uniform(0.3, 2 * victim.lease)
        return Done((member.name,), seconds, member.thaw)

    return act


def freeze_child(kind: str) -> Act:
    """SIGSTOP one child: its parent lives and speaks."""

    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        children = member.children() if member else []
        if member is None or not children:
            return None
        child = victim.rng.choice(children)
        _send(child, signal.SIGSTOP)
        seconds = victim.rng.uniform(0.3, 2 * victim.lease)
        return Done((member.name,), seconds, lambda: _send(child, signal.SIGCONT))

    return act


def _send(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def shut_down(kind: str, how: signal.Signals) -> Act:
    """Ask it to stop; whoever has not by then is killed, and started again."""

    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        if member is None:
            return None
        member.ask(how)

        def restart() -> None:
            if member.lives:
                member.kill()
            member.start()

        return Done((member.name,), victim.rng.uniform(STOPS_WITHIN / 2, STOPS_WITHIN), restart)

    return act


FAULTS = [
    Fault("kill a worker", 8, kill("worker")),
    Fault("kill a worker's main process", 4, kill_main("worker")),
    Fault("kill a worker's child", 10, kill_child("worker")),
    Fault("freeze a worker", 6, freeze("worker")),
    Fault("freeze a worker's child", 4, freeze_child("worker")),
    Fault("stop a worker warmly", 4, shut_down("worker", signal.SIGTERM)),
    Fault("stop a worker coldly", 4, shut_down("worker", signal.SIGQUIT)),
    Fault("kill a beat", 6, kill("beat")),
    Fault("freeze a beat", 5, freeze("beat")),
    Fault("kill the web", 2, kill("web")),
    Fault("kill a web process", 2, kill_child("web")),
    Fault("freeze the web", 2, freeze("web")),
]
