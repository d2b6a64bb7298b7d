"""Beats that fell silent, that sweep no more, or that fire late."""

from collections.abc import Sequence
from datetime import timedelta

from tasks_app.models import Beat
from tasks_app.models.alarm import AlarmKind
from tasks_app.reporting.watching.troubles import Trouble, Troubles

# A silent beat is gone for good after this: the others do its work.
GONE_AFTER = timedelta(minutes=10)
MOST_LAG = 10.0
NO_BEAT = Trouble(
    "No beat lives: no schedule fires, nothing is tried again and no lost run is decided.",
    "Start a beat: celery -A config beat.",
)
NO_REAPER = Trouble(
    "A beat ticks, but none looks for lost runs: the runs of a dead worker stay as they are.",
    "Read the beat's log for `sweep=` lines, see whether the database answers, and restart it.",
)


def beatless() -> dict[str, Troubles]:
    """By kind: whether no beat lives, or none of those that tick sweeps. One statement.

    Where no beat ever was there is nothing to miss.
    """
    beats = Beat.objects.how_many()
    missing = beats["known"] and not beats["living"]
    return {
        AlarmKind.NO_BEAT: {"": NO_BEAT} if missing and not beats["ticking"] else {},
        AlarmKind.NO_REAPER: {"": NO_REAPER} if missing and beats["ticking"] else {},
    }


def silent_beats(beats: Sequence[Beat]) -> Troubles:
    """Of beats on duty, those not heard for 10 s or that sweep no more, unless another began since.

    Where none lives, that is a trouble of its own.
    """
    if not any(beat.lives for beat in beats):
        return {}
    return {
        beat.name: _silent(beat)
        for beat in beats
        if not beat.lives and beat.silence < GONE_AFTER and not _is_replaced(beat, beats)
    }


def _is_replaced(beat: Beat, beats: Sequence[Beat]) -> bool:
    return any(other.lives and other.started_at > beat.seen_at for other in beats)


def _silent(beat: Beat) -> Trouble:
    if beat.ticks:
        return Trouble(f"Beat {beat.name} ticks, but its reaper looks no more.", NO_REAPER.advice)
    return Trouble(
        f"Beat {beat.name} fell silent without a goodbye; others do its work.",
        "See whether its process lives and reaches the database, and start it again.",
    )


def late_ticks(beats: Sequence[Beat]) -> Troubles:
    """Beats that fired a tick more than 10 s late in their last second."""
    return {
        beat.name: Trouble(
            f"Beat {beat.name} fires ticks more than {MOST_LAG:g} s late.",
            "See whether the database is slow, whether the machine has processor time left, and "
            "start one more beat: they share the work.",
        )
        for beat in beats
        if beat.lives and beat.lag > MOST_LAG
    }
