"""Processes whose clock is wrong: nothing that is stored comes from it."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app.tests.faults.clock_faults import OFFSETS, find_library, set_off
from tasks_app.tests.faults.installation import wait_until
from tasks_app.tests.faults.members import Member
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import SOON, Place

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not find_library(), reason="libfaketime was not found"),
]
NEAR = timedelta(minutes=5)


@pytest.mark.parametrize("kind", ["worker", "web"])
@pytest.mark.parametrize("offset", OFFSETS)
def test_a_wrong_clock_has_no_effect(place: Place, kind: str, offset: str) -> None:
    members = place.installation.of_kind(kind)
    _start_again(members, **set_off(offset))
    try:
        wait_until(lambda: place.client.ask("GET", "tasks/").status == 200, seconds=2 * SOON)
        rows = place.ends(*[place.submit("short") for _ in range(20)])
    finally:
        _start_again(members)

    now = datetime.now(UTC)
    told = ("created_at", "run_at", "started_at", "finished_at")
    far = [row for row in rows if any(abs(row[name] - now) > NEAR for name in told)]
    record(f"a clock of a {kind} by {offset}", runs=len(rows), wrong_moments=len(far))
    assert not far
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}


def _start_again(members: list[Member], **environment: str) -> None:
    for member in members:
        member.kill()
        member.start(**environment)
