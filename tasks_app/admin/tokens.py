"""The pages of API tokens: to make one, which is shown once, and to revoke it."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, tell, tell_each
from tasks_app.admin.base import OwnersAdmin
from tasks_app.admin.dialogs import ReasonForm, ask
from tasks_app.admin.display import moment, two_lines
from tasks_app.admin.token_form import TokenForm
from tasks_app.models import ApiToken

LIST = "admin:tasks_app_apitoken_changelist"
ASK_REVOKE = ask(
    "Revoke this token?",
    "Within a second it opens nothing, and the program that uses it is refused. "
    "It cannot be brought back.",
    "Revoke the token",
    ReasonForm,
)


@admin.register(ApiToken)
class TokenAdmin(OwnersAdmin):
    """Made and revoked by the services; never edited."""

    form = TokenForm
    list_display = ["token", "user", "dialect", "made", "expires", "used", "door"]
    list_display_links = ["token"]
    list_select_related = ["user"]
    search_fields = ["name__istartswith", "=user__username"]
    search_help_text = "The beginning of a name, or a whole username"
    ordering = ["-created", "-id"]
    sortable_by: list[str] = []
    actions = ["revoke_selected"]
    actions_row = ["revoke"]
    actions_detail = ["revoke"]
    autocomplete_fields = ["user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        tokens: Any = super().get_queryset(request)
        return cast(QuerySet[ApiToken], tokens.with_validity())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj:
            return ["name", "token_key", "user", "dialect", "made", "expires", "used", "door"]
        # Only a superuser makes tokens for others.
        others = ["user"] if request.user.is_superuser else []
        return ["name", "days", "dialect", *others]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {"user": request.user.pk, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a token may do is that of its user; another one is another token."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's own way to delete would pass by the service: `revoke` is ours."""
        return False

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission to delete, by the name of what it lets one do."""
        return bool(request.user.has_perm("tasks_app.delete_apitoken"))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Make it by the service; the answer to this very request shows it."""
        given = form.cleaned_data
        made, obj.secret = services.create_token(
            actor_of(request),
            user=given.get("user"),
            name=given["name"],
            lifetime=timedelta(days=given["days"]),
            dialect=given["dialect"],
        )
        # Django notes in its own log what was added.
        obj.pk, obj.user = made.pk, made.user

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Show the token here and nowhere else: what a redirect's page would show, a cookie or
        a table would have to carry. Pages of the admin are kept in no cache."""
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "New API token",
            "subtitle": str(obj),
            "opts": self.opts,
            "token": obj,
        }
        return TemplateResponse(request, "admin/tasks_app/new_token.html", context)

    @action(description="Revoke…", permissions=["revoke"], icon="key_off", dialog=ASK_REVOKE)
    def revoke(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        tell(
            request,
            lambda: services.revoke_token(actor, services.get_token(actor, object_id), reason),
            lambda _: "It is revoked.",
        )
        return go_to(reverse(LIST))

    @admin.action(description="Revoke selected", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, tokens: Any) -> None:
        actor = actor_of(request)
        tell_each(request, tokens, lambda token: services.revoke_token(actor, token), "revoked")

    @admin.display(description="Token")
    def token(self, obj: ApiToken) -> Any:
        return two_lines(obj.name or "without a name", f"{obj.token_key}…")

    @admin.display(description="Created")
    def made(self, obj: ApiToken) -> Any:
        return moment(obj.created)

    @admin.display(description="Expires")
    def expires(self, obj: ApiToken) -> Any:
        return moment(obj.expiry) if obj.expiry else "never"

    @admin.display(description="Last used")
    def used(self, obj: ApiToken) -> Any:
        return moment(obj.last_used_at) if obj.last_used_at else "never"

    @admin.display(description="Valid")
    def door(self, obj: ApiToken) -> str:
        if obj.opens:
            return "yes"
        return "no: it expired" if obj.user.is_active else "no: its user is not active"
