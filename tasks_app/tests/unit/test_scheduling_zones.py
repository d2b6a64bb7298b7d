"""The offsets that are found once and kept are those of the tz database at every second."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.scheduling.zones import Zone

DAY = 86_400
SECONDS = st.integers(
    int(datetime(1900, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()),
)


def offset_of(name, second):
    return int(datetime.fromtimestamp(second, ZoneInfo(name)).utcoffset().total_seconds())


@given(name=st.sampled_from(sorted(available_timezones())), second=SECONDS)
def test_the_offset_of_any_zone_at_any_second(name, second):
    span = Zone(name).at(second)

    assert span.offset == offset_of(name, second)
    assert second < span.end
    assert offset_of(name, span.end - 1) == span.offset


def test_a_change_at_midnight_utc_is_seen_on_whichever_day_it_falls():
    zone = Zone("Asia/Baku")  # its clocks changed at that time from 1997 to 2015
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (1997, 2016))

    for midnight in range(int(first.timestamp()), int(last.timestamp()), DAY):
        for second in (midnight - 1, midnight):
            assert zone.at(second).offset == offset_of(zone.name, second)


def test_a_zone_is_walked_in_spans_without_holes():
    first, last = (int(datetime(year, 3, 8, tzinfo=UTC).timestamp()) for year in (2020, 2026))
    spans = list(Zone("America/New_York").walk(first, last))
    begins = [begin for begin, _, _ in spans]
    ends = [end for _, end, _ in spans]

    assert begins == [first + 1, *(end + 1 for end in ends[:-1])]
    assert ends[-1] == last
