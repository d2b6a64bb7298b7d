"""What must not be shown or kept: secrets become `***`, in JSON and in text.

Whoever stores or shows what a person or a job wrote calls one of these.
"""

from tasks_app.redaction.arguments import redact_positional, unredact
from tasks_app.redaction.json_values import redact
from tasks_app.redaction.known_values import MASK
from tasks_app.redaction.text import redact_text

__all__ = ["MASK", "redact", "redact_positional", "redact_text", "unredact"]
