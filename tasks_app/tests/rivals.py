"""Rivals: several threads that do one thing at the same moment, each with its own connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

Argument = TypeVar("Argument")


def at_once(function: Callable[[Argument], object], arguments: Sequence[Argument]) -> list[object]:
    """Call the function with each argument, all at the same moment; return what came back.

    An exception comes back as its class. Needs a test with real transactions.
    """
    start = Barrier(len(arguments))

    def rival(argument: Argument) -> object:
        try:
            start.wait(10)
            return function(argument)
        except Exception as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(rival, arguments))
