"""A person at a browser window."""

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, expect

T = TypeVar("T")
SERIOUS = {"serious", "critical"}


class Person:
    """What a test tells them to do happens on the browser's own thread."""

    def __init__(self, thread: Executor, page: Page, address: str) -> None:
        self._thread = thread
        self._page = page
        self._address = address
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.on("request", self._notes_host)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._notes_error)

    def _notes_host(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).hostname or "")

    def _notes_error(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def does(self, act: Callable[[Page], T]) -> T:
        """Anything that a page can be made to do."""
        return self._thread.submit(act, self._page).result()

    def opens(self, path: str) -> None:
        """Open a page of ours and wait until nothing more is loaded."""
        self.does(lambda page: page.goto(self._address + path, wait_until="networkidle"))

    def fills(self, **fields: str) -> None:
        """Type into the fields of these names."""
        for name, text in fields.items():
            self.does(partial(_fill, name=name, text=text))

    def chooses(self, name: str, value: str) -> None:
        """Pick an option of a list."""
        self.does(lambda page: page.select_option(f'[name="{name}"]', value))

    def clicks(self, name: str, role: Any = "button") -> None:
        """Click what a screen reader calls so."""
        self.does(lambda page: page.get_by_role(role, name=name).first.click())

    def presses(self, key: str) -> None:
        """Press a key where the focus is."""
        self.does(lambda page: page.keyboard.press(key))

    def reaches(self, name: str, role: Any = "button") -> None:
        """Press Tab until the focus is on what a screen reader calls so."""
        for _ in range(60):
            self.presses("Tab")
            if self.does(lambda page: page.get_by_role(role, name=name).first.evaluate(HAS_FOCUS)):
                return
        raise AssertionError(f"Tab never reaches {name}")

    def sees(self, text: str, *, within: float = 5) -> None:
        """Read the text on the page, at the latest after so many seconds."""
        self.does(
            lambda page: expect(page.locator("body")).to_contain_text(text, timeout=within * 1000)
        )

    def is_at(self) -> str:
        """The path of the page."""
        return self.does(lambda page: urlsplit(page.url).path)

    def barriers(self) -> list[str]:
        """What axe calls a serious or critical violation on this page."""
        found = self.does(lambda page: Axe().run(page).response["violations"])
        return [
            f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
            for rule in found
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.does(lambda page: page.evaluate(IS_WIDER)))


def _fill(page: Page, name: str, text: str) -> None:
    page.fill(f'[name="{name}"]', text)


HAS_FOCUS = "element => element === document.activeElement"
IS_WIDER = "document.documentElement.scrollWidth > innerWidth"
