"""`python -m tasks_app.tests.ordinary.program APP [SCENARIO ...]` prints outcomes as JSON.

APP is `plain_app` or `our_app`. With ORDINARY_ONLY_CALL=1 nobody waits for outcomes. All calls
are made before the first outcome is read, so that waits pass side by side.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any


def main(app_name: str, *names: str) -> None:
    """Run the scenarios of these names, or all, on the app."""
    app = import_module(f"tasks_app.tests.ordinary.{app_name}").app
    app.loader.import_default_modules()
    from tasks_app.tests.ordinary.scenarios import SCENARIOS, tell

    results = {name: _or_error(SCENARIOS[name]) for name in names or SCENARIOS}
    if not os.environ.get("ORDINARY_ONLY_CALL"):
        reading = {name: partial(tell, result) for name, result in results.items()}
        print(json.dumps({name: _or_error(read) for name, read in reading.items()}))


def _or_error(act: Callable[[], Any]) -> Any:
    """An error that a call or a result raises is an outcome too."""
    try:
        return act()
    except Exception as error:
        return {"raised": repr(error)}


if __name__ == "__main__":
    main(*sys.argv[1:])
