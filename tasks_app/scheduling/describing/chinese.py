"""The sentence in Chinese, with full-width punctuation and spaces around Latin letters."""

# Full-width punctuation is meant.
# ruff: noqa: RUF001, RUF002

import re
from datetime import datetime

from tasks_app.scheduling.describing.chinese_days import LIST, days_phrase
from tasks_app.scheduling.describing.moments import clock, is_midnight
from tasks_app.scheduling.describing.shape import Elapsing, Once, Repeating, Schedule, Sun
from tasks_app.scheduling.describing.timing import EveryHours, EveryMinutes, Minutes, Times, Timing

UNITS = {"day": "天", "hour": "小时", "minute": "分钟", "second": "秒"}
# The terms of Chinese almanacs: the light of morning begins, that of evening ends.
EVENTS = {
    "dawn_astronomical": "天文晨光始",
    "dawn_nautical": "航海晨光始",
    "dawn_civil": "民用晨光始",
    "sunrise": "日出",
    "solar_noon": "太阳正午",
    "sunset": "日落",
    "dusk_civil": "民用昏影终",
    "dusk_nautical": "航海昏影终",
    "dusk_astronomical": "天文昏影终",
}
WHERE_SCRIPTS_MEET = re.compile(r"(?<=[一-鿿])(?=[-0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[一-鿿])")


def write(schedule: Schedule) -> str:
    """Such as `每天 09:00（Europe/London），自 2026 年 1 月 1 日起（Europe/London）`."""
    return WHERE_SCRIPTS_MEET.sub(" ", _what(schedule) + _bounds(schedule))


def _what(schedule: Schedule) -> str:
    match schedule.what:
        case Repeating() as repeating:
            zone = "" if repeating.needs_no_zone else f"（{schedule.zone}）"
            return _repeating(repeating) + zone
        case Elapsing(amounts):
            return f"每{_elapsing(amounts)}"
        case Once(at):
            return f"一次，{_date(at)} {clock(at)}（{schedule.zone}）"
        case Sun(event, latitude, longitude):
            return f"在纬度{latitude}、经度{longitude}处{EVENTS[event]}时"


def _repeating(repeating: Repeating) -> str:
    days, timing = repeating.days, repeating.timing
    when = _timing(timing)
    if days.are_all:
        return f"每天{when}" if _needs_a_day(timing) else when
    if isinstance(timing, Times) and not (days.days and days.weekdays):
        return f"{days_phrase(days)} {when}"
    return f"{days_phrase(days)}，{when}"


def _needs_a_day(timing: Timing) -> bool:
    match timing:
        case EveryMinutes(hours=hours) | Minutes(hours=hours):
            return hours is not None
    return isinstance(timing, Times)


def _timing(timing: Timing) -> str:
    match timing:
        case Times(times):
            return LIST.words(times)
        case EveryMinutes() as even:
            return _during(even) + _every(even.step, "分钟")
        case EveryHours(step, minutes):
            return f"{_every(step, '小时')}，第{LIST.numbers(minutes)}分"
        case Minutes(minutes, hours):
            whole = f"{LIST.numbers(hours)}点的" if hours else "每小时"
            return f"{whole}第{LIST.numbers(minutes)}分"


def _every(step: int, unit: str) -> str:
    return f"每{unit}" if step == 1 else f"每{step}{unit}"


def _during(even: EveryMinutes) -> str:
    if even.reach:
        return "{}至{}期间".format(*even.reach)
    return f"{LIST.numbers(even.hours)}点期间" if even.hours else ""


def _elapsing(amounts: tuple[tuple[str, str], ...]) -> str:
    if len(amounts) == 1 and amounts[0][0] == "1":
        return UNITS[amounts[0][1]]
    return "".join(f"{amount}{UNITS[unit]}" for amount, unit in amounts)


def _bounds(schedule: Schedule) -> str:
    start, end = schedule.start, schedule.end
    since = f"，自{_start(start)}起" if start else ""
    until = f"，至{_date(end)} {clock(end)}止" if end else ""
    return f"{since}{until}（{schedule.zone}）" if since or until else ""


def _start(moment: datetime) -> str:
    return _date(moment) if is_midnight(moment) else f"{_date(moment)} {clock(moment)}"


def _date(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"
