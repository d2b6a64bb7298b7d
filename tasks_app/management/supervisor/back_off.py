"""How long to wait before a child that died is started again."""

FIRST = 1.0  # seconds, doubled with each death in a row
LONGEST = 30.0
STEADY_AFTER = 60.0  # a child that ran so long has recovered


class BackOff:
    def __init__(self) -> None:
        self._next = FIRST

    def delay(self, ran: float) -> float:
        """Seconds to wait now that the child has died after `ran` seconds."""
        if ran >= STEADY_AFTER:
            self._next = FIRST
        now, self._next = self._next, min(self._next * 2, LONGEST)
        return now
