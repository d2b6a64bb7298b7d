"""Users and groups, in the look of the rest. Nobody gives themselves more than they have."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth import signals
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from tasks_app import services
from tasks_app.admin.superusers import is_superuser
from tasks_app.models import ApiToken

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """People who may sign in. Whoever leaves is deactivated, because their tasks stay."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    actions_detail = ["tokens"]

    @action(description="API tokens", permissions=["tokens"], icon="key")
    def tokens(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to this user's tokens, which outlive a change of the password."""
        query = urlencode({"user__id__exact": object_id})
        return HttpResponseRedirect(f"{reverse('admin:tasks_app_apitoken_changelist')}?{query}")

    def has_tokens_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Others see their own tokens only, in the menu."""
        return is_superuser(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are given by superusers only: Django itself lets everybody who may change users
        make themselves one."""
        own = super().get_readonly_fields(request, obj)
        rights = ("is_superuser", "groups", "user_permissions")
        return own if is_superuser(request) else (*own, *rights)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """Say why it can only be read."""
        user: Any = self.get_object(request, object_id)
        if super().has_change_permission(request) and not _may_touch(request, user):
            messages.warning(request, f"You can only read this: {_why_not(user)}.")
        return super().change_view(request, object_id, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Tokens go with their user, although nobody may delete one on its own page.

        What else is a user's is named to superusers only; others are told that there is some.
        """
        told, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        forbidden -= {ApiToken._meta.verbose_name}
        if untouchable := [_why_not(user) for user in objs if not _may_touch(request, user)]:
            forbidden = forbidden - {self.opts.verbose_name} | {*untouchable}
        if is_superuser(request):
            return told, counts, forbidden, protected
        kept = [f"{len(protected)} row(s) that are theirs"] if protected else []
        return [*map(str, objs)], counts, forbidden, kept


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Permissions that several people share."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who could widen their own group could give themselves any right."""
        own = super().get_readonly_fields(request, obj)
        return own if is_superuser(request) else (*own, "permissions")


def _may_touch(request: HttpRequest, obj: Any) -> bool:
    """Who could set the password of somebody who may do more could sign in as them."""
    if obj is None or is_superuser(request):
        return True
    return not obj.is_superuser and _rights_of(obj) <= request.user.get_all_permissions()


def _rights_of(user: Any) -> set[str]:
    # Django tells none of a deactivated user, who gets them back when activated.
    return User(pk=user.pk, is_active=True).get_all_permissions()


def _why_not(user: User) -> str:
    return f"{user} may do what you may not, so only a superuser changes or deletes them"


def _log_refused_sign_in(credentials: Any, request: HttpRequest | None, **_: Any) -> None:
    # The API asks without a request, and writes its own line.
    if request is not None:
        services.log_refused_sign_in(str(credentials.get("username", "")))


signals.user_login_failed.connect(_log_refused_sign_in)
