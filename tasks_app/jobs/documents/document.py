"""A document that is open: how many pages it has, and the pages one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks_app.jobs.documents.page import Page


@dataclass(frozen=True)
class Document:
    """`pages` are read only as they are asked for."""

    total: int
    pages: Iterator[Page]
