"""Errors as a task's policy names them."""

from collections.abc import Iterable, Sequence


def is_named(error: BaseException, names: Sequence[str] | None) -> bool:
    """Whether its class or a base of it is among `names`, bare or after its module."""
    return bool(names) and not set(names or ()).isdisjoint(_names(error))


def _names(error: BaseException) -> Iterable[str]:
    for each in type(error).__mro__:
        yield each.__name__
        yield f"{each.__module__}.{each.__qualname__}"
