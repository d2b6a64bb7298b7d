"""Fires at an event of the sun, as `celery.schedules.solar` knows them; computed by ephem."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, Self

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.moments import DAY, EPOCH, SECOND

DAYS_AHEAD = 400  # a night or a day of the poles is over by then
EPHEM_BEGINS = int((datetime(1899, 12, 31, 12, tzinfo=EPOCH.tzinfo) - EPOCH).total_seconds())


class Event(NamedTuple):
    """What the sun does, and at which height; twilight counts by the centre of its disc."""

    move: str
    horizon: str
    use_center: bool


EVENTS = {
    "dawn_astronomical": Event("rising", "-18", use_center=True),
    "dawn_nautical": Event("rising", "-12", use_center=True),
    "dawn_civil": Event("rising", "-6", use_center=True),
    "sunrise": Event("rising", "-0:34", use_center=False),
    "solar_noon": Event("transit", "0", use_center=False),
    "sunset": Event("setting", "-0:34", use_center=False),
    "dusk_civil": Event("setting", "-6", use_center=True),
    "dusk_nautical": Event("setting", "-12", use_center=True),
    "dusk_astronomical": Event("setting", "-18", use_center=True),
}


@dataclass(frozen=True)
class Solar:
    """Fires at `event`, seen from a place in degrees north and east, to the second."""

    event: str
    latitude: float
    longitude: float

    @classmethod
    def seen_from(cls, event: object, latitude: object, longitude: object) -> Self:
        """Refuse with ImpossibleSchedule what is no event, no place or cannot be computed here."""
        _ephem()
        if not isinstance(event, str) or event not in EVENTS:
            raise ImpossibleSchedule(
                f"There is no solar event {str(event)[:40]!r}: use one of {', '.join(EVENTS)}."
            )
        return cls(event, _degrees("latitude", latitude, 90), _degrees("longitude", longitude, 180))

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the stored form."""
        return cls.seen_from(document["event"], document["latitude"], document["longitude"])

    def document(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "solar",
            "event": self.event,
            "latitude": self.latitude,
            "longitude": self.longitude,
        }

    def after(self, moment: int) -> int | None:
        """The first event later than `moment`, both in microseconds; None if 400 days have none."""
        today = self._day(moment)
        for day in range(today, today + DAYS_AHEAD):
            second = self._on(day)
            if second is not None and second * SECOND > moment:
                return second * SECOND
        return None

    def count(self, after: int, until: int) -> int:
        """How many events lie in the time (after, until], both in microseconds."""
        days = range(self._day(after), self._day(until) + 2)
        seconds = (self._on(day) for day in days)
        return sum(1 for second in seconds if second and after < second * SECOND <= until)

    def _day(self, moment: int) -> int:
        """The first solar day that can still have an event later than `moment`."""
        # The sun is at most 18 minutes before or behind the mean clock.
        return (moment // SECOND - _midnight(0, self.longitude) - 3600) // DAY

    def _on(self, day: int) -> int | None:
        return _event_of(day, self.event, self.latitude, self.longitude)


def _degrees(name: str, value: Any, most: int) -> float:
    try:
        degrees = float(value)
    except (TypeError, ValueError, OverflowError):
        degrees = inf
    if not -most <= degrees <= most:
        raise ImpossibleSchedule(f"{name} is a number of degrees: use one from -{most} to {most}.")
    return degrees


def _midnight(day: int, longitude: float) -> int:
    """The mean solar midnight with which a day begins, in seconds since 1970-01-01 UTC."""
    return day * DAY - int(longitude * 240)


@lru_cache(maxsize=4096)
def _event_of(day: int, event: str, latitude: float, longitude: float) -> int | None:
    """The second of the event on one solar day, from lowest sun to lowest sun.

    ephem's answer depends a little on where its search starts. Each day has one start of its own,
    so an event has one second, whatever was asked before, and never comes twice.
    """
    ephem = _ephem()
    move, horizon, use_center = EVENTS[event]
    place = ephem.Observer()
    place.lat, place.lon = str(latitude), str(longitude)
    place.elev, place.pressure, place.horizon = 0, 0, horizon
    sun = ephem.Sun()
    noon = place.next_transit(sun, start=_to_ephem(_midnight(day, longitude) + DAY // 2 - 3600))
    if move == "transit":
        return _from_ephem(noon)
    try:
        if move == "setting":
            found = place.next_setting(sun, start=noon, use_center=use_center)
            is_today = found < place.next_antitransit(sun, start=noon)
        else:
            lowest = place.previous_antitransit(sun, start=noon)
            found = place.next_rising(sun, start=lowest, use_center=use_center)
            is_today = found < noon
    except ephem.CircumpolarError:
        return None
    return _from_ephem(found) if is_today else None


def _to_ephem(second: int) -> float:
    return (second - EPHEM_BEGINS) / DAY


def _from_ephem(date: float) -> int:
    return round(date * DAY) + EPHEM_BEGINS


def _ephem() -> Any:
    try:
        import ephem
    except ImportError:
        raise ImpossibleSchedule(
            "Solar schedules need the library ephem: install it where Belfry runs."
        ) from None
    return ephem
