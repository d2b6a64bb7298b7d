"""What a machine may lack: a newcomer's tests are skipped then, those of CI fail."""

import os


def is_required(part: str) -> bool:
    """Does `BELFRY_REQUIRE` (words parted by commas, set by `.ci/run`) name this part?"""
    return part in os.environ.get("BELFRY_REQUIRE", "").split(",")
