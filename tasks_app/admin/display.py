"""How values are shown. What a task can influence is escaped: it arrives here as plain text."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks_app.admin.shapes import shape
from tasks_app.states import Status

NOTHING = "none"


def badge(status: str) -> SafeString:
    """A state as shape, colour and word."""
    state = Status(status)
    return format_html(
        '<span class="b-chip b-{}">{} {}</span>', state.value, shape(state), state.label.lower()
    )


def chip(look: str, word: str) -> SafeString:
    """A word in the colours of a state."""
    return format_html('<span class="b-chip b-{}">{}</span>', look, word)


def bar(percent: float, message: str = "") -> SafeString:
    """Progress as a bar, a number and what the job says."""
    return format_html(
        '<span class="b-bar"><progress max="100" value="{}" aria-label="Progress"></progress> '
        "<span>{} %</span> <bdi>{}</bdi></span>",
        round(percent, 1),
        round(percent),
        message,
    )


def moment(at: datetime | None) -> SafeString | str:
    """A time: how long ago or until, and the clock in the viewer's zone; exact UTC in the title."""
    if at is None:
        return NOTHING
    exact = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    clock = timezone.localtime(at).strftime("%d %b %H:%M:%S %Z")
    return format_html(
        '<time class="b-two" datetime="{}" title="{}">{}<small>{}</small></time>',
        at.isoformat(),
        exact,
        _relative(timezone.now() - at),
        clock,
    )


def _relative(passed: timedelta) -> str:
    if abs(passed) < timedelta(seconds=1):
        return "now"
    return f"{duration(passed)} ago" if passed > timedelta() else f"in {duration(-passed)}"


def duration(span: timedelta | None) -> str:
    """A span in the two largest units that matter: 1.4 s, 3 min 20 s, 2 h 5 min, 3 d 4 h."""
    if span is None:
        return NOTHING
    seconds = span.total_seconds()
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next(index for index, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def bullets(lines: Iterable[str]) -> SafeString | str:
    """Sentences below each other."""
    items = format_html_join("", "<li><bdi>{}</bdi></li>", ((line,) for line in lines))
    return format_html('<ul class="b-list">{}</ul>', items) if items else ""


def link(url: str, text: object) -> SafeString:
    """A way on."""
    return format_html('<a class="b-link" href="{}"><bdi>{}</bdi></a>', url, text)


def as_json(value: Any) -> SafeString | str:
    """JSON as people read it."""
    if value in (None, [], {}):
        return NOTHING
    return block(json.dumps(value, indent=2, ensure_ascii=False))


def block(text: str) -> SafeString | str:
    """Text with its line breaks, as it is."""
    if not text:
        return NOTHING
    return format_html('<pre class="b-block" tabindex="0"><bdi>{}</bdi></pre>', text)


def two_lines(first: str, second: str) -> SafeString:
    """A name, and smaller below it what it is about."""
    return format_html('<span class="b-two"><bdi>{}</bdi><small>{}</small></span>', first, second)


def live(key: str, content: Any) -> SafeString:
    """A part of the page that `live.js` brings up to date."""
    return format_html('<div data-live="{}">{}</div>', key, content)
