"""Operators, staff, strangers and superusers at every page of the admin: who sees and does what."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory
from django.urls import get_resolver

from tasks_app.models import ApiToken, Task
from tasks_app.tests.runs import a_task
from tasks_app.tests.unit.admin import EMPTY_FORM, Staff
from tasks_app.tests.unit.endpoints import TICK, Belongings, everything
from tasks_app.tests.unit.machinery import a_worker

SURE, SENT = {"post": "yes"}, {"_form_submitted": "on"}
ARGUMENTS = SENT | {"args": "[1]", "kwargs": "{}", "countdown": "0"}
RANGE = SENT | {"start": "2020-01-01", "end": "2020-01-02", "order": "at_once"}
# Model, page of one row, form, and what its owner is answered: to a look, to the form.
OF_ONE_ROW: list[tuple[str, str, dict[str, Any], int, int]] = [
    ("tasks_app/task", "change/", EMPTY_FORM, 200, 302),
    ("tasks_app/task", "delete/", SURE, 200, 302),
    ("tasks_app/task", "history/", {}, 200, 200),
    ("tasks_app/task", "execute/", ARGUMENTS, 200, 200),
    ("tasks_app/task", "cancel/", SENT, 200, 200),
    ("tasks_app/task", "toggle/", SENT, 200, 200),
    ("tasks_app/task", "backfill/", RANGE, 200, 200),
    ("tasks_app/task", "cancel_backfill/", SENT, 200, 200),
    ("tasks_app/task", "skip/?at={tick}", SENT, 200, 200),
    ("tasks_app/task", "undo_skip/?at={tick}", SENT, 405, 302),
    ("tasks_app/task", "pause/", SENT, 200, 200),
    ("tasks_app/task", "resume/", SENT, 200, 200),
    ("tasks_app/taskexecution", "change/", {}, 200, 403),
    ("tasks_app/taskexecution", "delete/", SURE, 403, 403),
    ("tasks_app/taskexecution", "history/", {}, 200, 200),
    ("tasks_app/taskexecution", "log/", {}, 200, 200),
    ("tasks_app/taskexecution", "cancel/", SENT, 200, 200),
    ("tasks_app/taskexecution", "rerun/", SENT, 200, 200),
    ("tasks_app/taskexecution", "rerun_with/", SENT | {"args": "[1]", "kwargs": "{}"}, 200, 200),
    ("tasks_app/taskexecution", "outcome/", SENT | {"status": "failure"}, 200, 200),
    ("tasks_app/apitoken", "change/", {"name": "mine"}, 200, 403),
    ("tasks_app/apitoken", "delete/", SURE, 403, 403),
    ("tasks_app/apitoken", "history/", {}, 200, 200),
    ("tasks_app/apitoken", "revoke/", SENT, 200, 200),
    ("tasks_app/pause", "change/", {}, 200, 403),
    ("tasks_app/pause", "delete/", SURE, 403, 403),
    ("tasks_app/pause", "history/", {}, 200, 200),
    ("tasks_app/pause", "end/", SENT, 200, 200),
    ("django_celery_beat/periodictask", "change/", {"name": "mine"}, 200, 200),
    ("django_celery_beat/periodictask", "delete/", SURE, 200, 302),
    ("django_celery_beat/periodictask", "history/", {}, 200, 200),
]
OWNED = sorted({model for model, *_ in OF_ONE_ROW})
# Whoever has the permission sees all of them: they belong to nobody.
KINDS = [
    f"django_celery_beat/{kind}schedule" for kind in ("clocked", "crontab", "interval", "solar")
]
MACHINES = [f"tasks_app/{kind}" for kind in ("alarm", "beat", "counter", "worker")]
PEOPLE = ["auth/group", "auth/user"]
SEARCHED = [
    *("q={name}", "q={pk}", "q=olga", "id={pk}", "id__exact={pk}", "all=", "status=pending"),
    *("owner={owner}", "user={owner}", "owner__username=olga", "user__username=olga", "enabled=1"),
]
AUTOCOMPLETED = [
    ("taskexecution", "task"),
    ("taskexecution", "parent"),
    ("taskexecution", "owner"),
    ("attempt", "execution"),
    ("task", "schedule"),
    ("task", "owner"),
    ("apitoken", "user"),
]


def somebody(name: str, *verbs: str, models: Any = (), **fields: Any) -> User:
    """A user who may do this to rows of these models."""
    user = User.objects.create_user(name, **{"is_staff": True, **fields})
    for model in models:
        label, _, named = model.partition("/")
        codes = [f"{verb}_{named}" for verb in verbs]
        found = Permission.objects.filter(content_type__app_label=label, codename__in=codes)
        user.user_permissions.add(*found)
    return user


def an_operator(name: str, **fields: Any) -> User:
    everything_but_people = [*OWNED, *KINDS, *MACHINES]
    verbs = ("view", "add", "change", "delete")
    return somebody(name, *verbs, models=everything_but_people, **fields)


@pytest.fixture
def of_olga(db: None) -> Belongings:
    return Belongings(an_operator("olga"))


@pytest.fixture
def of_otto(db: None) -> Belongings:
    return Belongings(an_operator("otto"))


def row_of(belongings: Belongings, model: str) -> Any:
    task = belongings.task
    rows = (task, belongings.run, belongings.token, belongings.pause, task.schedule)
    return next(row for row in rows if row and row._meta.model_name == model.partition("/")[2])


def registered() -> dict[str, Any]:
    """By `app/model`: its pages."""
    return {f"{m._meta.app_label}/{m._meta.model_name}": a for m, a in admin.site._registry.items()}


def sent(client: Client, form: dict[str, Any] | None, model: str, pk: Any, page: str) -> Any:
    """Look at the page of a row, or send its form."""
    path = f"/admin/{model}/{pk}/{page.format(tick=TICK)}"
    return client.get(path) if form is None else client.post(path, form)


def told(answer: Any, pk: Any) -> list[str]:
    """All that an answer says, but for the id that was asked for and what differs each time."""
    messages = " ".join(str(message) for message in get_messages(answer.wsgi_request))
    text = answer.content.decode() + messages
    places = [answer.headers.get(name, "") for name in ("Location", "HX-Redirect")]
    said = [str(answer.status_code), re.sub(r'token" value="\w+"', "", text), *places]
    return [re.sub(rf"\b{pk}\b", "…", each) for each in said]


def test_every_page_of_a_row_has_its_line_in_the_table() -> None:
    assert registered().keys() == {*OWNED, *KINDS, *MACHINES, *PEOPLE}
    for model in OWNED:
        patterns = [str(url.pattern) for url in registered()[model].get_urls()]
        # Django leads what ends with the id to `change/`.
        pages = {path.partition(">/")[2] for path in patterns if "object_id" in path} - {""}
        lines = {page.partition("?")[0] for of, page, *_ in OF_ONE_ROW if of == model}
        assert pages == lines, model


@pytest.mark.parametrize("who", ["olga", "root"])
@pytest.mark.parametrize("model, page, form, looked, done", OF_ONE_ROW)
def test_the_owner_and_a_superuser_are_answered(
    of_olga: Belongings,
    root: User,
    model: str,
    page: str,
    form: Any,
    looked: int,
    done: int,
    who: str,
) -> None:
    client, row = Staff(root if who == "root" else of_olga.owner).client, row_of(of_olga, model)

    answers = [sent(client, each, model, row.pk, page) for each in (None, form)]

    assert [answer.status_code for answer in answers] == [looked, done]
    if looked == 200:
        assert answers[0].headers.get("Location") is None


@pytest.mark.parametrize("is_sent", [False, True], ids=["look", "form"])
@pytest.mark.parametrize("model, page, form, looked, done", OF_ONE_ROW)
def test_a_strangers_row_is_answered_like_one_that_never_was(
    of_olga: Belongings, of_otto: Belongings,
    model: str, page: str, form: Any, looked: int, done: int, is_sent: bool,
) -> None:  # fmt: skip
    foreign = row_of(of_olga, model).pk
    never = uuid4() if "tasks_app" in model else 4_000_000
    # Each its own session, which keeps what was told.
    clients = [Staff(of_otto.owner).client for _ in range(2)]
    before = everything()

    answers = [
        told(sent(client, form if is_sent else None, model, pk, page), pk)
        for client, pk in zip(clients, (foreign, never), strict=True)
    ]

    assert answers[0] == answers[1]
    assert not of_olga.are_told_by(" ".join(answers[0]))
    assert everything() == before


def paths() -> list[str]:
    """Every path of the admin that is not there to sign in or out."""
    all_of_them: Any = get_resolver().url_patterns
    found = next(each for each in all_of_them if str(each.pattern) == "admin/")
    flat = []
    for each in found.url_patterns:
        for inner in getattr(each, "url_patterns", [each]):
            of_app = str(each.pattern) if inner is not each else ""
            flat.append(of_app + str(inner.pattern))
    named = [
        re.sub(r"<[^>]*>", "1", path) for path in flat if not re.match(r"log(in|out)/|[(^]", path)
    ]
    return [f"/admin/{path}" for path in [*named, "tasks_app/", "auth/", "django_celery_beat/"]]


@pytest.mark.parametrize("who", ["nobody", "not staff", "deactivated"])
def test_who_is_not_of_the_staff_is_led_to_the_login(db: None, who: str) -> None:
    client = Client()
    if who != "nobody":
        user = an_operator("norbert", is_superuser=True, is_staff=who != "not staff")
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(is_active=who != "deactivated")
    before = everything()

    for path in paths():
        for answer in (client.get(path), client.post(path, SURE | SENT)):
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/admin/login/"), path

    assert everything() == before


@pytest.mark.parametrize("page", ["", "add/"])
@pytest.mark.parametrize("model", [*OWNED, *KINDS, *MACHINES, *PEOPLE])
def test_staff_without_permissions_see_no_page(db: None, model: str, page: str) -> None:
    client = Staff(somebody("vera")).client

    assert client.get(f"/admin/{model}/{page}").status_code == 403
    assert client.post(f"/admin/{model}/{page}", {}).status_code == 403


@pytest.mark.parametrize("model, page, form, looked, done", OF_ONE_ROW)
def test_staff_without_permissions_do_nothing_even_to_their_own(
    db: None, model: str, page: str, form: Any, looked: int, done: int
) -> None:
    of_vera = Belongings(somebody("vera"))
    client, row = Staff(of_vera.owner).client, row_of(of_vera, model)
    before = everything()

    answers = [sent(client, each, model, row.pk, page) for each in (None, form)]

    assert {answer.status_code for answer in answers} <= {403, looked if looked == 405 else 403}
    assert everything() == before


@pytest.mark.parametrize("model", PEOPLE)
def test_operators_do_not_manage_people(of_olga: Belongings, model: str) -> None:
    Group.objects.create(pk=of_olga.owner.pk, name="managers")
    client, before = Staff(of_olga.owner).client, everything()
    patterns = [str(url.pattern) for url in registered()[model].get_urls()]

    for page in [re.sub(r"<[^>]*>", str(of_olga.owner.pk), path) for path in patterns]:
        for answer in (client.get(f"/admin/{model}/{page}"), client.post(f"/admin/{model}/{page}")):
            # Without a page behind the id, Django leads to `change/`.
            assert answer.status_code == (302 if page == f"{of_olga.owner.pk}/" else 403), page

    assert everything() == before


@pytest.mark.parametrize("model", OWNED)
def test_lists_show_ones_own_and_a_superuser_all(
    of_olga: Belongings, of_otto: Belongings, root: User, model: str
) -> None:
    otto, both = Staff(of_otto.owner).client, {row_of(of, model).pk for of in (of_olga, of_otto)}

    answer = otto.get(f"/admin/{model}/")

    rows = answer.context["cl"]
    assert ([row.pk for row in rows.result_list], rows.result_count, rows.full_result_count) == (
        [row_of(of_otto, model).pk], 1, 1 if "tasks_app" in model else rows.full_result_count
    )  # fmt: skip
    assert not of_olga.are_told_by(answer.content.decode())
    everybodys = Staff(root).client.get(f"/admin/{model}/").context["cl"].result_list
    assert {row.pk for row in everybodys} == both


@pytest.mark.parametrize("asked", SEARCHED)
@pytest.mark.parametrize("model", OWNED)
def test_no_search_and_no_filter_finds_a_strangers_row(
    of_olga: Belongings, of_otto: Belongings, model: str, asked: str
) -> None:
    row = row_of(of_olga, model)
    query = asked.format(pk=row.pk, name=str(row)[:10], owner=of_olga.owner.pk)

    answer = Staff(of_otto.owner).client.get(f"/admin/{model}/?{query}", follow=True)

    # Django refuses to look into other tables at all.
    found = [] if answer.status_code == 400 else answer.context["cl"].result_list
    assert {each.pk for each in found} <= {row_of(of_otto, model).pk}


def actions_of(model: str) -> list[str]:
    """All that can be done to rows of a list, by a superuser."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    return list(registered()[model].get_actions(request))


@pytest.mark.parametrize("model", OWNED)
def test_no_bulk_action_reaches_a_strangers_row(
    of_olga: Belongings, of_otto: Belongings, model: str
) -> None:
    client, foreign = Staff(of_otto.owner).client, row_of(of_olga, model).pk
    before, of_others = everything(), of_olga.rows()

    chosen = {**SURE, "index": "0", "_selected_action": [foreign]}
    for verb in actions_of(model):
        client.post(f"/admin/{model}/", {**chosen, "action": verb})
    assert everything() == before

    for verb in actions_of(model):
        client.post(f"/admin/{model}/", {**chosen, "action": verb, "select_across": "1"})
    assert of_olga.rows() == of_others


@pytest.mark.parametrize("model, page, form, looked, done", OF_ONE_ROW)
def test_who_may_only_look_changes_nothing(
    db: None, model: str, page: str, form: Any, looked: int, done: int
) -> None:
    of_vera = Belongings(somebody("vera", "view", models=OWNED))
    client, before = Staff(of_vera.owner).client, everything()

    sent(client, form, model, row_of(of_vera, model).pk, page)

    assert client.post(f"/admin/{model}/add/", form).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("model", OWNED)
def test_who_may_only_look_does_nothing_in_bulk(db: None, model: str) -> None:
    of_vera = Belongings(somebody("vera", "view", models=OWNED))
    client, before = Staff(of_vera.owner).client, everything()

    for verb in actions_of(model):
        chosen = {**SURE, "action": verb, "_selected_action": [row_of(of_vera, model).pk]}
        client.post(f"/admin/{model}/", chosen)

    assert everything() == before


@pytest.mark.parametrize("model, field", AUTOCOMPLETED)
def test_nothing_is_completed_to_a_strangers_row(
    of_olga: Belongings, of_otto: Belongings, model: str, field: str
) -> None:
    query = {"app_label": "tasks_app", "model_name": model, "field_name": field, "term": ""}

    answer = Staff(of_otto.owner).client.get("/admin/autocomplete/", query)

    assert not of_olga.are_told_by(answer.content.decode())


def test_a_worker_names_the_runs_it_holds_to_superusers_only(
    of_olga: Belongings, of_otto: Belongings, root: User
) -> None:
    a_worker(held=[str(of_olga.run.pk)])
    path = f"/admin/tasks_app/worker/{quote('w@here')}/change/"

    for user, is_told in ((of_otto.owner, False), (root, True)):
        answer = Staff(user).client.get(path)
        assert answer.status_code == 200
        assert of_olga.are_told_by(answer.content.decode()) is is_told


@pytest.mark.parametrize("has_tasks", [True, False], ids=["with tasks", "with a token only"])
def test_deleting_a_user_names_what_is_theirs_to_superusers_only(
    root: User, has_tasks: bool
) -> None:
    manager = somebody("hugo", "view", "delete", models=[*PEOPLE, *OWNED])
    leaving = somebody("olaf")
    ApiToken.objects.create(leaving, name="of a laptop")
    if has_tasks:
        a_task(leaving, name="what olaf runs")
    page, name = f"/admin/auth/user/{leaving.pk}/delete/", "what olaf" if has_tasks else "a laptop"
    chosen = {"action": "delete_selected", "_selected_action": [leaving.pk]}

    for user, is_told in ((manager, False), (root, True)):
        client = Staff(user).client
        for answer in (client.get(page), client.post("/admin/auth/user/", chosen)):
            assert (answer.status_code, name in answer.content.decode()) == (200, is_told)

    Staff(manager).client.post(page, SURE)
    assert User.objects.filter(pk=leaving.pk).exists() is has_tasks


def test_a_form_makes_nobody_else_the_owner(of_olga: Belongings, of_otto: Belongings) -> None:
    staff, before = Staff(of_otto.owner), of_olga.rows()
    other = {name: str(of_olga.owner.pk) for name in ("owner", "owner_id", "user", "user_id")}
    own = a_task(of_otto.owner)

    assert staff.adds(**other).status_code == 302
    assert staff.changes(own, **other).status_code == 302

    assert Task.objects.filter(owner=of_olga.owner).count() == 1
    assert of_olga.rows() == before
