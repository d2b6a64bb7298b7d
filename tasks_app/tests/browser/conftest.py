"""One Chromium for all tests of a process, and windows of each test's own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tasks_app.tests.browser.person import Person

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Visit = Callable[..., Person]


@pytest.fixture(scope="session")
def thread() -> Iterator[Executor]:
    """Playwright's own: it leaves an event loop running there, beside which Django refuses work."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def window_maker(thread: Executor, chromium: str) -> Iterator[Browser]:
    """The system's Chromium."""
    playwright = thread.submit(sync_playwright().start).result()
    launch = playwright.chromium.launch
    browser = thread.submit(launch, executable_path=chromium, args=FLAGS).result()
    yield browser
    thread.submit(browser.close).result()
    thread.submit(playwright.stop).result()


@pytest.fixture
def visit(window_maker: Browser, thread: Executor, live_server: LiveServer) -> Iterator[Visit]:
    """Open a window on the test's own server, as a user who is signed in or as a stranger."""
    contexts: list[BrowserContext] = []

    def open_window(user: User | None = None, *, width: int = 1280, **look: Any) -> Person:
        size = ViewportSize(width=width, height=900)
        context = thread.submit(window_maker.new_context, viewport=size, **look).result()
        contexts.append(context)
        if user:
            thread.submit(context.add_cookies, [_session_of(user, live_server.url)]).result()
        page = thread.submit(context.new_page).result()
        return Person(thread, page, live_server.url)

    yield open_window
    for context in contexts:
        thread.submit(context.close).result()


def _session_of(user: User, address: str) -> Any:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}
