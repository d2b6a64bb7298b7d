"""Setting a timer anew after an edit: what was owed is settled, and nothing past is planned."""

from datetime import UTC, datetime
from typing import NamedTuple

from tasks_app.broker import Doorbell
from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.lifecycle import Tick
from tasks_app.scheduling.catch_up import ON_TIME, Moment
from tasks_app.scheduling.deciding import bells_of, moments_until, ticks_of
from tasks_app.scheduling.interval import Interval
from tasks_app.scheduling.moments import from_microseconds
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.planning import plan_of
from tasks_app.scheduling.situation import Situation
from tasks_app.scheduling.stale import Stale
from tasks_app.states import Reason

DISABLED = "It was disabled before a scheduler came to it."
DAWN = datetime.min.replace(tzinfo=UTC)
EDITED_INTO_THE_PAST = "It was set to a moment that had passed already."


class Setting(NamedTuple):
    """How a timer goes on, and the ticks that were still owed when its schedule was edited."""

    row: Stale
    ticks: list[Tick]
    next_fire_at: datetime | None
    watermark: datetime | None
    anchor: datetime | None
    spec: str
    error: str

    @property
    def runs(self) -> int:
        return sum(tick.is_run for tick in self.ticks)

    def bells(self) -> list[Doorbell]:
        """One for each owed tick that starts at once."""
        return bells_of(self.row.due, self.ticks)


def set_anew(row: Stale, situation: Situation) -> Setting:
    """Decide what the edit means; an unchanged plan goes on as if nothing had happened."""
    try:
        plan, error = plan_of(row), ""
    except ImpossibleSchedule as impossible:
        plan, error = None, str(impossible)
    spec = plan.text if plan else ""
    anchor = _anchor(plan) or row.anchor
    is_same = spec == row.due.spec and not row.interrupted and row.enabled
    if plan and is_same and row.due.planned_for:
        return Setting(row, [], row.due.planned_for, row.watermark, anchor, spec, "")
    ticks = _owed(row, situation, error)
    watermark = max([tick.scheduled_for for tick in ticks], default=row.watermark)
    following = None
    if plan and row.enabled and not _is_used_up(row, ticks, is_same):
        following = _first(row, plan, watermark)
        if following is None and (missed := _missed_by_edit(row, plan)):
            [tick] = ticks_of(row.due, [Moment(missed, Reason.MISSED)], situation)
            ticks, watermark = [*ticks, tick._replace(error=EDITED_INTO_THE_PAST)], missed
    return Setting(row, ticks, following, watermark, anchor, spec, error)


def _owed(row: Stale, situation: Situation, error: str) -> list[Tick]:
    """What the plan before the edit had promised until the edit, and nobody has fired yet."""
    due, until = row.due, row.edited_from or row.due.now
    if not due.spec or due.planned_for is None or due.planned_for > until:
        return []
    ticks = ticks_of(due, moments_until(due, Plan.read(due.spec), min(until, due.now)), situation)
    why = error if row.enabled else DISABLED
    return [_prevented(tick, why) for tick in ticks] if why else ticks


def _prevented(tick: Tick, why: str) -> Tick:
    """One that does not run takes no place of another, either."""
    reason = Reason.MISSED if tick.is_run else tick.reason
    return tick._replace(reason=reason, error=why, unique_key=None, period_key=None)


def _first(row: Stale, plan: Plan, watermark: datetime | None) -> datetime | None:
    """The first moment of the new plan: after what has its row and after the edit.

    Only a schedule that is new may begin in the past, with the single moment it was made for.
    """
    since = row.edited_until or row.due.now
    is_new = not row.due.spec and not row.interrupted
    at = row.definitions.clocked_time
    was_changed = bool(row.due.spec) and plan.text != row.due.spec
    # What is set to this very moment has passed when it arrives.
    is_meant = is_new or (was_changed and since - ON_TIME <= at) if at else False
    if is_meant:
        return plan.after(watermark or DAWN)
    return plan.after(max(watermark or since, since))


def _missed_by_edit(row: Stale, plan: Plan) -> datetime | None:
    """The moment of a single run that somebody set to a time that had passed."""
    at = row.definitions.clocked_time
    was_edited = bool(row.due.spec) and plan.text != row.due.spec
    is_settled = at is None or (row.watermark is not None and at <= row.watermark)
    return at if was_edited and not is_settled else None


def _is_used_up(row: Stale, owed: list[Tick], is_same: bool) -> bool:
    """Whether all its runs were started; a single one counts again once it is enabled again."""
    runs = row.due.run_count + sum(tick.is_run for tick in owed)
    if row.due.one_off and is_same:
        return runs > 0
    return row.due.max_runs is not None and runs >= row.due.max_runs


def _anchor(plan: Plan | None) -> datetime | None:
    kind = plan.kind if plan else None
    return from_microseconds(kind.anchor) if isinstance(kind, Interval) else None
