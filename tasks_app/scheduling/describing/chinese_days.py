"""The days of a crontab, in Chinese."""

from tasks_app.scheduling.describing.fields import Numbers
from tasks_app.scheduling.describing.listing import Listing
from tasks_app.scheduling.describing.shape import Days

LIST = Listing(between="、", last="和", reach="至", dots="…")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MONTHS = (
    *("一月", "二月", "三月", "四月", "五月", "六月"),
    *("七月", "八月", "九月", "十月", "十一月", "十二月"),
)


def days_phrase(days: Days) -> str:
    """`每周日`, `每年五月的周日`, `每月1至7日且逢周一`."""
    if days.days is None:
        return _weekdays(days.months, days.weekdays)
    dates = f"{_months(days.months) or '每月'}{LIST.numbers(days.days)}日"
    if days.weekdays is None:
        return dates
    if days.either:
        return f"{dates}以及{_weekdays(days.months, days.weekdays)}"
    return f"{dates}且逢{_names(days.weekdays)}"


def _weekdays(months: Numbers | None, weekdays: Numbers | None) -> str:
    if weekdays is None:
        return f"{_months(months)}每天"
    return f"{_months(months) or '每'}{_names(weekdays)}"


def _names(weekdays: Numbers) -> str:
    return LIST.ranges(weekdays, lambda weekday: WEEKDAYS[weekday - 1])


def _months(months: Numbers | None) -> str:
    return f"每年{LIST.ranges(months, lambda month: MONTHS[month - 1])}的" if months else ""
