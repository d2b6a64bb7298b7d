"""The days of a crontab, in English."""

from tasks_app.scheduling.describing.fields import Numbers
from tasks_app.scheduling.describing.listing import Listing
from tasks_app.scheduling.describing.shape import Days

LIST = Listing(between=", ", last=" and ", reach=" to ", dots="...")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEK = (1, 2, 3, 4, 5, 6, 7)
WORKING_DAYS = (1, 2, 3, 4, 5)
WEEKEND = (6, 7)
# From here on it is shorter to name the days that are missing.
MOST = 5


def days_phrase(days: Days) -> str:
    """`every Sunday in May`, `on days 1 to 7 of every month that are a Monday`."""
    if days.days is None:
        return _weekdays(days.weekdays) + _in_months(days.months)
    dates = _dates(days.days, days.months)
    if days.weekdays is None:
        return dates
    if days.either:
        return f"{dates} and on {_weekdays(days.weekdays)}{_in_months(days.months)}"
    return f"{dates} {_that_are(days.days, days.weekdays)}"


def month_name(month: int) -> str:
    return MONTHS[month - 1]


def _weekdays(weekdays: Numbers | None) -> str:
    if weekdays is None:
        return "every day"
    if weekdays == WEEKEND:
        return "weekends"
    missing = _missing(WORKING_DAYS, weekdays)
    if max(weekdays) <= max(WORKING_DAYS) and len(missing) <= 1:
        return f"weekdays except {_names(missing)}" if missing else "weekdays"
    if len(weekdays) >= MOST:
        return f"every day except {_names(_missing(WEEK, weekdays))}"
    return f"every {_names(weekdays)}"


def _that_are(days: Numbers, weekdays: Numbers) -> str:
    is_it = "if it is" if len(days) == 1 else "that are"
    if len(weekdays) >= MOST:
        return f"{is_it} not a {_names(_missing(WEEK, weekdays), ' or ')}"
    return f"{is_it} a {_names(weekdays, ' or ')}"


def _missing(among: Numbers, weekdays: Numbers) -> Numbers:
    return tuple(weekday for weekday in among if weekday not in weekdays)


def _names(weekdays: Numbers, last: str | None = None) -> str:
    return LIST.words([WEEKDAYS[weekday - 1] for weekday in weekdays], last)


def _dates(days: Numbers, months: Numbers | None) -> str:
    word = "day" if len(days) == 1 else "days"
    return f"on {word} {LIST.numbers(days)} of {_months(months) or 'every month'}"


def _in_months(months: Numbers | None) -> str:
    return f" in {_months(months)}" if months else ""


def _months(months: Numbers | None) -> str:
    return LIST.ranges(months, month_name) if months else ""
