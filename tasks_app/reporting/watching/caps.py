"""Whether so many runs wait that soon no more are let in."""

from django.conf import settings
from django.contrib.auth import get_user_model

from tasks_app.models.waiting import kept_waiting
from tasks_app.reporting.watching.troubles import Trouble, Troubles

NEAR = 0.8
ADVICE = "Start more workers, pause or cancel what is not needed, or raise {}."


def near_caps() -> Troubles:
    """The installation, and owners, with four fifths of the runs that may wait.

    By what a beat counted last; the subject of an owner is `owner:ID`.
    """
    kept = kept_waiting()
    if kept is None:
        return {}
    troubles = {}
    most = settings.WAITING_RUNS_MAX
    if kept.waiting.all >= NEAR * most:
        troubles[""] = _near("The installation has", most, "WAITING_RUNS_MAX")
    most = settings.WAITING_RUNS_PER_OWNER_MAX
    full = [owner for owner, count in kept.waiting.owners.items() if count >= NEAR * most]
    for owner, name in _names(full).items():
        troubles[f"owner:{owner}"] = _near(f"{name} has", most, "WAITING_RUNS_PER_OWNER_MAX")
    return troubles


def _near(who: str, most: int, setting: str) -> Trouble:
    return Trouble(
        f"{who} over {NEAR:.0%} of the {most:,} runs that may wait; then no more are let in.",
        ADVICE.format(setting),
    )


def _names(owners: list[int]) -> dict[int, str]:
    if not owners:
        return {}
    users = get_user_model()._default_manager.in_bulk(owners)
    return {owner: user.get_username() for owner, user in users.items()}
