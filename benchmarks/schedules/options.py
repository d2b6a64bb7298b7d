"""What `python -m benchmarks schedules` may be told."""

from argparse import BooleanOptionalAction
from typing import Any

SIZES = [1_000, 10_000, 100_000, 1_000_000]


def add_options(parser: Any) -> None:
    """Sizes, beats, the herd, the database, and whether the peer runs as well."""
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="schedules")
    parser.add_argument("--beats", type=int, nargs="+", default=[1, 2, 4], help="processes")
    parser.add_argument("--herd", type=int, default=10_000, help="schedules due in one second")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument(
        "--stock", action=BooleanOptionalAction, default=True, help="the peer as well"
    )
