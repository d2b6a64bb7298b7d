"""The lines of the tables, each beside the peer's of the same run."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks import report


class Line(NamedTuple):
    """One line of a table: its words, its figure, whether more of it is better, and whether it
    is drawn out where a cap cut the herd short."""

    words: str
    key: str
    is_more_better: bool = False
    is_drawn_out: bool = False


STEADY = (
    Line("start until the first tick returned, s", "start_s"),
    Line("peak memory after the start, MiB", "memory_at_start_mb"),
    Line("peak memory after five edits, MiB", "memory_mb"),
    Line("idle tick, CPU ms", "idle_cpu_ms"),
    Line("idle tick, wall ms", "idle_wall_ms"),
    Line("idle beat with its sweeps, % of a core", "idle_beat_percent"),
    Line("idle database, % of a core", "idle_database_percent"),
    Line("taking up one edit, CPU ms", "edit_cpu_ms"),
    Line("taking up one edit, wall ms", "edit_wall_ms"),
    Line("new schedule due at once → its message, median s", "wake_s"),
    Line("new schedule due at once → its message, most s", "wake_max_s"),
    Line("first fill of all timers, s", "first_fill_s"),
)
HERD = (
    Line("fires a second", "fires_s", True, True),
    Line("lag of the message, p50 s", "lag_p50_s", is_drawn_out=True),
    Line("lag of the message, p99 s", "lag_p99_s", is_drawn_out=True),
    Line("lag of the message, most s (all published)", "lag_max_s", is_drawn_out=True),
    Line("lag of the row, p50 s", "row_lag_p50_s"),
    Line("lag of the row, p99 s", "row_lag_p99_s"),
    Line("lag of the row, most s", "row_lag_max_s"),
    Line("CPU a fire, beat µs", "beat_cpu_us"),
    Line("CPU a fire, database µs", "database_cpu_us"),
    Line("CPU a fire, broker µs", "broker_cpu_us"),
    Line("messages in all", "messages", True),
)
Columns = Mapping[str, Mapping[str, Any]]


def table(lines: Sequence[Line], columns: Columns, peer: Mapping[str, Any]) -> str:
    """Our columns, the peer's, and how many times better ours are than the peer."""
    ratios = [f"{title}: times better" for title in columns] if peer else []
    stock = ["stock"] if peer else []
    rows = [["", *columns, *stock, *ratios]]
    for line in lines:
        figures = [column.get(line.key) for column in columns.values()]
        if all(figure is None for figure in figures):
            continue
        cells = [report.figure(figure) for figure in figures]
        if peer:
            told = peer.get(line.key)
            about = "~" if line.is_drawn_out and peer.get("capped") else ""
            cells.append(about + report.figure(told))
            cells += [_ratio(figure, told, line) for figure in figures]
        rows.append([line.words, *cells])
    return report.markdown(rows)


def _ratio(ours: Any, peer: Any, line: Line) -> str:
    if not ours or not peer or line.key == "messages":
        return ""
    return report.figure(ours / peer if line.is_more_better else peer / ours)
