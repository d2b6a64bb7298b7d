"""Moments as whole microseconds since 1970-01-01 UTC, and as the text that is stored."""

from datetime import UTC, datetime, timedelta

from tasks_app.exceptions import ImpossibleSchedule

SECOND = 1_000_000  # in microseconds
DAY = 86_400  # in seconds
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """The aware `moment` as a whole number; exact for every year."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(number: int) -> datetime:
    """The moment in UTC; the inverse of `microseconds`."""
    return EPOCH + number * MICROSECOND


def read_moment(name: str, value: object) -> datetime:
    """The moment in UTC that a text in ISO 8601 or a datetime names; its zone must be said."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ImpossibleSchedule(
            f"{name} is not a moment with its time zone: write it as in 2026-01-31T12:00:00Z."
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ImpossibleSchedule(f"{name} lies outside the calendar: use another year.") from None


def write_moment(moment: datetime) -> str:
    """ISO 8601 with Z, and with microseconds only where there are some."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
