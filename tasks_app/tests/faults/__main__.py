"""`python -m tasks_app.tests.faults --minutes 30 --seed 1`: exit code 1 for a broken promise."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks_app.tests.isolation import forget_the_caller


def main(words: list[str] | None = None) -> int:
    """Run what the words say, and print the report."""
    options = _read(words)
    forget_the_caller(os.environ)
    if options.mutant:
        os.environ["BELFRY_MUTANT"] = options.mutant
    from tasks_app.tests.faults.installation import Size
    from tasks_app.tests.faults.trial import Trial, run_trial

    size = Size(options.database, lease=options.lease, heartbeat=options.heartbeat)
    trial = Trial(
        options.minutes * 60, options.seed, size, options.rate, options.schedules, options.pace
    )
    with a_folder(options.folder) as folder:
        report = run_trial(trial, folder, tell)
    print(report.markdown())
    if options.report:
        report.write(options.report)
    return 0 if report.is_clean else 1


def tell(what: str) -> None:
    """Say what goes on, beside the report."""
    print(f"{datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)


@contextmanager
def a_folder(kept: Path | None) -> Iterator[Path]:
    """A new folder of that name, or one that is gone afterwards."""
    if kept:
        kept.mkdir(parents=True)
        yield kept.resolve()
        return
    with TemporaryDirectory(prefix="belfry-faults-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _read(words: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m tasks_app.tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--lease", type=int, default=15, help="seconds (default: %(default)s)")
    parser.add_argument("--heartbeat", type=int, default=5, help="seconds (default: %(default)s)")
    parser.add_argument("--pace", type=float, default=2.0, help="mean seconds between faults")
    parser.add_argument("--rate", type=float, default=10.0, help="requests a second")
    parser.add_argument("--schedules", type=int, default=20, help="how many fire")
    parser.add_argument("--mutant", help="take this rule away, of those in mutants.py")
    parser.add_argument("--report", type=Path, help="written there as .json and .md")
    parser.add_argument("--folder", type=Path, help="a new one, for histories and logs to be kept")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
