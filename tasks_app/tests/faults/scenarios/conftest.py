"""Scenarios share an installation; after each, everything is whole and every promise was kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_app.tests.faults.installation import Size
from tasks_app.tests.faults.scenarios.place import Place, a_place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They take minutes: only `make faults` and `make acceptance` run them."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("place"), Size()) as place:
        yield place


@pytest.fixture
def place(_place: Place) -> Iterator[Place]:
    """A whole installation on PostgreSQL."""
    yield _place
    assert _place.settle() == {}
