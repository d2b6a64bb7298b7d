"""Links to the database that break, hang, are slow, or lose the answer to a commit."""

from collections.abc import Callable

from tasks_app.tests.faults.hurting import Act, Done, Fault, Victim
from tasks_app.tests.faults.proxy import Link

KINDS = ("worker", "beat", "web")
# Seconds.
LONG, SLOW = (0.5, 6.0), (0.05, 0.5)
MOST_SWALLOWED = 3


def _hurt(how: Callable[[Victim, Link], object]) -> Act:
    """All links of one kind of process, or one link."""

    def act(victim: Victim) -> Done | None:
        kind = victim.rng.choice(KINDS)
        subject = f"links of {kind}"
        links = victim.installation.links(kind)
        if not links or not victim.is_whole(subject):
            return None
        if victim.rng.random() < 0.5:
            links = [victim.rng.choice(links)]
        for link in links:
            how(victim, link)

        def heal() -> None:
            for link in links:
                link.heal()

        facts = {"kind": kind, "links": len(links)}
        return Done((subject,), victim.rng.uniform(*LONG), heal, facts)

    return act


def _refuse(_: Victim, link: Link) -> None:
    link.refuses = True
    link.cut()


def _hold(_: Victim, link: Link) -> None:
    link.holds = True


def _slow(victim: Victim, link: Link) -> None:
    link.delay = victim.rng.uniform(*SLOW)


def _swallow(victim: Victim, link: Link) -> None:
    link.swallow_commits(victim.rng.randint(1, MOST_SWALLOWED))


_ONLY = ("postgresql",)
FAULTS = [
    Fault("reset links", 4, _hurt(lambda _, link: link.cut()), _ONLY),
    Fault("refuse links", 3, _hurt(_refuse), _ONLY),
    Fault("black hole", 3, _hurt(_hold), _ONLY),
    Fault("slow links", 3, _hurt(_slow), _ONLY),
    Fault("swallow answers to commits", 8, _hurt(_swallow), _ONLY),
]
