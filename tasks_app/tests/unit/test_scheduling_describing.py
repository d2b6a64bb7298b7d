"""What people read about a schedule, in English and in Chinese."""

# Full-width punctuation is meant.
# ruff: noqa: RUF001

import pytest
from django_celery_beat.models import SOLAR_SCHEDULES

from tasks_app.scheduling.describing import describe

CRONTABS = [
    # even steps, which need no zone
    ("* * * * *", "Every minute", "每分钟"),
    ("*/5 * * * *", "Every 5 minutes", "每 5 分钟"),
    ("*/30 * * * *", "Every 30 minutes", "每 30 分钟"),
    # minutes of hours
    (
        "*/7 * * * *",
        "At minutes 0, 7, ..., 56 of every hour (UTC)",
        "每小时第 0、7、…、56 分（UTC）",
    ),
    (
        "3-59/15 * * * *",
        "At minutes 3, 18, ..., 48 of every hour (UTC)",
        "每小时第 3、18、…、48 分（UTC）",
    ),
    ("5 * * * *", "At minute 5 of every hour (UTC)", "每小时第 5 分（UTC）"),
    ("0 */2 * * *", "Every 2 hours, at minute 0 (UTC)", "每 2 小时，第 0 分（UTC）"),
    (
        "0 1-23/2 * * *",
        "Every day at minute 0 past the hours 1, 3, ..., 23 (UTC)",
        "每天 1、3、…、23 点的第 0 分（UTC）",
    ),
    (
        "0,30 8-18 * * *",
        "Every day at minutes 0 and 30 past the hours 8 to 18 (UTC)",
        "每天 8 至 18 点的第 0 和 30 分（UTC）",
    ),
    (
        "*/5 9-17 * * 1-5",
        "Weekdays, every 5 minutes from 09:00 to 17:55 (UTC)",
        "每周一至周五，09:00 至 17:55 期间每 5 分钟（UTC）",
    ),
    (
        "* 9 * * *",
        "Every minute from 09:00 to 09:59 (UTC)",
        "每天 09:00 至 09:59 期间每分钟（UTC）",
    ),
    (
        "*/10 9,17 * * *",
        "Every 10 minutes during the hours 9 and 17 (UTC)",
        "每天 9 和 17 点期间每 10 分钟（UTC）",
    ),
    # times
    ("0 9 * * *", "Every day at 09:00 (UTC)", "每天 09:00（UTC）"),
    ("0 6,18 * * *", "Every day at 06:00 and 18:00 (UTC)", "每天 06:00 和 18:00（UTC）"),
    (
        "0,30 9 * * *",
        "Every day at 09:00 and 09:30 (UTC)",
        "每天 09:00 和 09:30（UTC）",
    ),
    # weekdays
    ("0 0 * * 0", "Every Sunday at 00:00 (UTC)", "每周日 00:00（UTC）"),
    ("0 0 * * 7", "Every Sunday at 00:00 (UTC)", "每周日 00:00（UTC）"),
    ("30 8 * * mon-fri", "Weekdays at 08:30 (UTC)", "每周一至周五 08:30（UTC）"),
    (
        "30 8 * * 5-7",
        "Every Friday, Saturday and Sunday at 08:30 (UTC)",
        "每周五至周日 08:30（UTC）",
    ),
    ("0 9 * * 2-5", "Weekdays except Monday at 09:00 (UTC)", "每周二至周五 09:00（UTC）"),
    ("0 9 * * 6,0", "Weekends at 09:00 (UTC)", "每周六和周日 09:00（UTC）"),
    (
        "0 9 * * sun,mon,thu-sat",
        "Every day except Tuesday and Wednesday at 09:00 (UTC)",
        "每周一和周四至周日 09:00（UTC）",
    ),
    ("0 9 * * 0-7", "Every day at 09:00 (UTC)", "每天 09:00（UTC）"),
    (
        "0 */2 * * 1",
        "Every Monday, every 2 hours, at minute 0 (UTC)",
        "每周一，每 2 小时，第 0 分（UTC）",
    ),
    # days of the month, and months
    ("0 0 1 * *", "On day 1 of every month at 00:00 (UTC)", "每月 1 日 00:00（UTC）"),
    (
        "0 9 1,15 jan-mar,may *",
        "On days 1 and 15 of January to March and May at 09:00 (UTC)",
        "每年一月至三月和五月的 1 和 15 日 09:00（UTC）",
    ),
    ("0 9 * 6 *", "Every day in June at 09:00 (UTC)", "每年六月的每天 09:00（UTC）"),
    (
        "*/5 * * 12 *",
        "Every day in December, every 5 minutes (UTC)",
        "每年十二月的每天，每 5 分钟（UTC）",
    ),
    ("0 9 * 7 1", "Every Monday in July at 09:00 (UTC)", "每年七月的周一 09:00（UTC）"),
    # both kinds of day
    (
        "0 9 1-7 * 1",
        "At 09:00 on days 1 to 7 of every month that are a Monday (UTC)",
        "每月 1 至 7 日且逢周一，09:00（UTC）",
    ),
    (
        "0 0 13 * 5",
        "At 00:00 on day 13 of every month if it is a Friday (UTC)",
        "每月 13 日且逢周五，00:00（UTC）",
    ),
    (
        "0 */2 1-7 * 1-5",
        "Every 2 hours, at minute 0, on days 1 to 7 of every month"
        " that are not a Saturday or Sunday (UTC)",
        "每月 1 至 7 日且逢周一至周五，每 2 小时，第 0 分（UTC）",
    ),
]
EITHER_DAY = [
    (
        "0 9 1-7 * 1",
        "At 09:00 on days 1 to 7 of every month and on every Monday (UTC)",
        "每月 1 至 7 日以及每周一，09:00（UTC）",
    ),
    (
        "0 9 1 jan 1-5",
        "At 09:00 on day 1 of January and on weekdays in January (UTC)",
        "每年一月的 1 日以及每年一月的周一至周五，09:00（UTC）",
    ),
    ("0 9 * * 1", "Every Monday at 09:00 (UTC)", "每周一 09:00（UTC）"),
    ("0 9 1-31 * 1", "Every day at 09:00 (UTC)", "每天 09:00（UTC）"),
    # cron asks for both where a field begins with a star
    (
        "0 9 */2 * 1",
        "At 09:00 on days 1, 3, ..., 31 of every month that are a Monday (UTC)",
        "每月 1、3、…、31 日且逢周一，09:00（UTC）",
    ),
]
INTERVALS = [
    (1, "Every second", "每秒"),
    (30, "Every 30 seconds", "每 30 秒"),
    (1.5, "Every 1.5 seconds", "每 1.5 秒"),
    (60, "Every minute", "每分钟"),
    (3600, "Every hour", "每小时"),
    (5400, "Every 1 hour 30 minutes", "每 1 小时 30 分钟"),
    (86_400, "Every day", "每天"),
    (2 * 86_400 + 1, "Every 2 days 1 second", "每 2 天 1 秒"),
]
BOUNDS = [
    ({}, "", ""),
    (
        {"start": "2026-01-01T00:00:00Z"},
        ", from 1 January 2026 (UTC)",
        "，自 2026 年 1 月 1 日起（UTC）",
    ),
    (
        {"start": "2026-01-01T09:00:00Z"},
        ", from 1 January 2026 09:00 (UTC)",
        "，自 2026 年 1 月 1 日 09:00 起（UTC）",
    ),
    (
        {"end": "2026-01-31T00:00:00Z"},
        ", until 31 January 2026 00:00 (UTC)",
        "，至 2026 年 1 月 31 日 00:00 止（UTC）",
    ),
    (
        {"start": "2026-07-31T23:00:00Z", "end": "2026-12-31T09:30:05Z", "zone": "Europe/London"},
        ", from 1 August 2026, until 31 December 2026 09:30:05 (Europe/London)",
        "，自 2026 年 8 月 1 日起，至 2026 年 12 月 31 日 09:30:05 止（Europe/London）",
    ),
]


def both(plan):
    return describe(plan), describe(plan, "zh")


def crontab(text, **more):
    return {"kind": "crontab", "fields": text.split(), "zone": "UTC", "either_day": False} | more


@pytest.mark.parametrize("text, english, chinese", CRONTABS)
def test_a_crontab_is_said_in_words(text, english, chinese):
    assert both(crontab(text)) == (english, chinese)


@pytest.mark.parametrize("text, english, chinese", EITHER_DAY)
def test_a_crontab_for_either_day_says_so(text, english, chinese):
    assert both(crontab(text, either_day=True)) == (english, chinese)


def test_the_zone_of_the_clock_is_named():
    assert both(crontab("0 9 * * *", zone="Europe/London")) == (
        "Every day at 09:00 (Europe/London)",
        "每天 09:00（Europe/London）",
    )


@pytest.mark.parametrize("text", ["0-59 0-23 * * *", "0-59/5 0-23 * * *", "0 0-23/2 * * *"])
def test_every_is_not_said_of_times_that_a_repeated_hour_leaves_out(text):
    assert describe(crontab(text)).startswith("Every day at minute")


@pytest.mark.parametrize("seconds, english, chinese", INTERVALS)
def test_an_interval_is_said_in_its_largest_units(seconds, english, chinese):
    every = {"kind": "interval", "every_us": int(seconds * 1_000_000), "first": 1}

    assert both(every | {"anchor": "2026-01-01T00:00:00Z"}) == (english, chinese)


@pytest.mark.parametrize(
    "zone, english, chinese",
    [
        (
            None,
            "Once, on 2 December 2025 at 15:00 (UTC)",
            "一次，2025 年 12 月 2 日 15:00（UTC）",
        ),
        (
            "Asia/Tokyo",
            "Once, on 3 December 2025 at 00:00 (Asia/Tokyo)",
            "一次，2025 年 12 月 3 日 00:00（Asia/Tokyo）",
        ),
    ],
)
def test_one_moment_is_said_in_its_zone(zone, english, chinese):
    once = {"kind": "clocked", "at": "2025-12-02T15:00:00Z", "zone": zone}

    assert both(once) == (english, chinese)


def test_the_sun_is_said_with_its_place():
    assert both({"kind": "solar", "event": "sunset", "latitude": 51.5, "longitude": -1e-05}) == (
        "At sunset at latitude 51.5, longitude -0.00001",
        "在纬度 51.5、经度 -0.00001 处日落时",
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_event_of_the_sun_has_its_own_words(language):
    place = {"kind": "solar", "latitude": 10, "longitude": 20}

    said = {describe(place | {"event": event}, language) for event, _ in SOLAR_SCHEDULES}

    assert len(said) == len(SOLAR_SCHEDULES)


@pytest.mark.parametrize("bounds, english, chinese", BOUNDS)
def test_bounds_are_added_to_any_kind(bounds, english, chinese):
    every = {"kind": "interval", "every_us": 30_000_000} | bounds

    assert both(every) == (f"Every 30 seconds{english}", f"每 30 秒{chinese}")


@pytest.mark.parametrize(
    "language, said",
    [
        ("zh-hans", "每分钟"),
        ("ZH", "每分钟"),
        ("en-gb", "Every minute"),
        ("de", "Every minute"),
    ],
)
def test_chinese_is_any_language_that_starts_with_zh(language, said):
    assert describe(crontab("* * * * *"), language) == said
