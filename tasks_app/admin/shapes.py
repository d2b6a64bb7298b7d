"""A shape for each state, so that no colour has to be seen to tell them apart."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tasks_app.states import Status

# Drawn in 16 by 16; the classes fill or stroke with the colour of the text around them.
_RING = '<circle class="b-line" cx="8" cy="8" r="6.5"/>'
_OCTAGON = "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3L1.5 10.7V5.3z"
_SHAPES = {
    Status.PENDING: _RING + '<path class="b-line" d="M8 4.5V8l2.5 1.5"/>',
    Status.STARTED: _RING + '<path class="b-area" d="M6.3 5v6l5-3z"/>',
    Status.RETRY: '<path class="b-line" d="M13.5 8a5.5 5.5 0 1 1-2-4.2M13.5 1.5v3.2h-3.2"/>',
    Status.SUCCESS: _RING + '<path class="b-line" d="M5 8.2l2.2 2.2L11 6"/>',
    Status.FAILURE: f'<path class="b-area" d="{_OCTAGON}"/>'
    '<path class="b-hole" d="M5.5 5.5l5 5m0-5l-5 5"/>',
    Status.REVOKED: _RING + '<path class="b-line" d="M3.5 12.5l9-9"/>',
    Status.SKIPPED: '<path class="b-line" d="M3 4l4 4-4 4m5-8l4 4-4 4m5.5-8v8"/>',
}


def shape(status: Status) -> SafeString:
    """The shape of a state; the word beside it is what a screen reader says."""
    drawn = mark_safe(_SHAPES[status])  # noqa: S308  (constants of this file)
    return format_html(
        '<svg class="b-shape" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', drawn
    )
