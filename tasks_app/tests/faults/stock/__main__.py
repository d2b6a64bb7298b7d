"""`python -m tasks_app.tests.faults.stock`: Belfry and the usual combination, hurt alike."""

import os
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

from tasks_app.tests.isolation import forget_the_caller


def main() -> None:
    """Hurt one after the other with the same seed, and print what became of each."""
    parser = ArgumentParser(prog="python -m tasks_app.tests.faults.stock", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="a new one, for histories and logs to be kept")
    options = parser.parse_args()
    forget_the_caller(os.environ)
    from tasks_app.tests.faults.__main__ import a_folder, tell
    from tasks_app.tests.faults.installation import Size
    from tasks_app.tests.faults.stock.figures import of_belfry, side_by_side
    from tasks_app.tests.faults.stock.trial import FAULTS, run_stock
    from tasks_app.tests.faults.trial import Trial, run_trial

    trial = Trial(options.minutes * 60, options.seed, Size(lease=15, heartbeat=5), faults=FAULTS)
    with a_folder(options.folder) as folder:
        sides = [folder / side for side in ("belfry", "stock")]
        for side in sides:
            side.mkdir()
        belfry = of_belfry(run_trial(trial, sides[0], tell))
        stock = run_stock(replace(trial, size=replace(trial.size, beats=1)), sides[1], tell)
    print(side_by_side(belfry, stock))


if __name__ == "__main__":
    main()
