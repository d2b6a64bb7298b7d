"""From a click to a service, and from its answer to a message."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tasks_app.exceptions import Refused
from tasks_app.services import Actor
from tasks_app.states import Trigger

T = TypeVar("T")


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, through this door."""
    return Actor(cast(User, request.user), Trigger.ADMIN)


def tell(request: HttpRequest, act: Callable[[], T], done: Callable[[T], str]) -> T | None:
    """Do it and say so, or say why not."""
    try:
        result = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, done(result))
    return result


def tell_each(request: HttpRequest, rows: Any, act: Callable[[Any], Any], done: str) -> None:
    """Do it to each row; say how many, and for each refused one why."""
    refusals: list[str] = []
    for row in rows:
        try:
            act(row)
        except Refused as refusal:
            refusals.append(f"{row}: {refusal}")
    messages.success(request, f"{len(rows) - len(refusals)} {done}.")
    for sentence in refusals:
        messages.warning(request, sentence)


def page_of(model: str, pk: Any) -> str:
    """The path of a row's page."""
    return reverse(f"admin:tasks_app_{model}_change", args=[pk])


def go_to(url: str) -> HttpResponse:
    """The answer to a dialog: leave the page for `url`."""
    return HttpResponse(headers={"HX-Redirect": url})
