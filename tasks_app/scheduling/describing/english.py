"""The sentence in English."""

from datetime import datetime

from tasks_app.scheduling.describing.english_days import LIST, days_phrase, month_name
from tasks_app.scheduling.describing.fields import Numbers
from tasks_app.scheduling.describing.moments import clock, is_midnight
from tasks_app.scheduling.describing.shape import Elapsing, Once, Repeating, Schedule, Sun
from tasks_app.scheduling.describing.timing import EveryHours, EveryMinutes, Minutes, Times, Timing

EVENTS = {
    "dawn_astronomical": "astronomical dawn",
    "dawn_nautical": "nautical dawn",
    "dawn_civil": "civil dawn",
    "sunrise": "sunrise",
    "solar_noon": "solar noon",
    "sunset": "sunset",
    "dusk_civil": "civil dusk",
    "dusk_nautical": "nautical dusk",
    "dusk_astronomical": "astronomical dusk",
}


def write(schedule: Schedule) -> str:
    """Such as `Every day at 09:00 (Europe/London), from 1 January 2026 (Europe/London)`."""
    sentence = _what(schedule) + _bounds(schedule)
    return sentence[0].upper() + sentence[1:]


def _what(schedule: Schedule) -> str:
    match schedule.what:
        case Repeating() as repeating:
            zone = "" if repeating.needs_no_zone else f" ({schedule.zone})"
            return _repeating(repeating) + zone
        case Elapsing(amounts):
            return f"every {_elapsing(amounts)}"
        case Once(at):
            return f"once, on {_date(at)} at {clock(at)} ({schedule.zone})"
        case Sun(event, latitude, longitude):
            return f"at {EVENTS[event]} at latitude {latitude}, longitude {longitude}"


def _repeating(repeating: Repeating) -> str:
    days, timing = repeating.days, repeating.timing
    when = _timing(timing)
    if days.are_all and not _needs_a_day(timing):
        return when
    if days.days and days.weekdays:  # a long phrase: what follows it would belong to its end
        comma = "," if isinstance(timing, EveryHours) else ""
        return f"{when}{comma} {days_phrase(days)}"
    comma = "" if isinstance(timing, Times | Minutes) else ","
    return f"{days_phrase(days)}{comma} {when}"


def _needs_a_day(timing: Timing) -> bool:
    match timing:
        case Minutes(hours=hours):
            return hours is not None
    return isinstance(timing, Times)


def _timing(timing: Timing) -> str:
    match timing:
        case Times(times):
            return f"at {LIST.words(times)}"
        case EveryMinutes() as even:
            return _every(even.step, "minute") + _during(even)
        case EveryHours(step, minutes):
            return f"{_every(step, 'hour')}, at {_minutes(minutes)}"
        case Minutes(minutes, hours):
            return f"at {_minutes(minutes)} {f'past {_hours(hours)}' if hours else 'of every hour'}"


def _every(step: int, unit: str) -> str:
    return f"every {unit}" if step == 1 else f"every {step} {unit}s"


def _during(even: EveryMinutes) -> str:
    if even.reach:
        return " from {} to {}".format(*even.reach)
    return f" during {_hours(even.hours)}" if even.hours else ""


def _minutes(minutes: Numbers) -> str:
    return f"{'minute' if len(minutes) == 1 else 'minutes'} {LIST.numbers(minutes)}"


def _hours(hours: Numbers) -> str:
    return f"the {'hour' if len(hours) == 1 else 'hours'} {LIST.numbers(hours)}"


def _elapsing(amounts: tuple[tuple[str, str], ...]) -> str:
    if len(amounts) == 1 and amounts[0][0] == "1":
        return amounts[0][1]
    return " ".join(f"{amount} {unit}{'' if amount == '1' else 's'}" for amount, unit in amounts)


def _bounds(schedule: Schedule) -> str:
    start, end = schedule.start, schedule.end
    since = f", from {_start(start)}" if start else ""
    until = f", until {_date(end)} {clock(end)}" if end else ""
    return f"{since}{until} ({schedule.zone})" if since or until else ""


def _start(moment: datetime) -> str:
    return _date(moment) if is_midnight(moment) else f"{_date(moment)} {clock(moment)}"


def _date(moment: datetime) -> str:
    return f"{moment.day} {month_name(moment.month)} {moment.year}"
