"""Where the system's Chromium is: tests drive that one and download none."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of the first that is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
