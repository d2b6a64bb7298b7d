"""Users and groups, in the look of the rest. Nobody gives themselves more than they have."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from tasks_app.models import ApiToken

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """People who may sign in. Whoever leaves is deactivated, because their tasks stay."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are given by superusers only: Django itself lets everybody who may change users
        make themselves one."""
        own = super().get_readonly_fields(request, obj)
        rights = ("is_superuser", "groups", "user_permissions")
        return own if _is_superuser(request) else (*own, *rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Tokens go with their user, although nobody may delete one on its own page."""
        told, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return told, counts, forbidden - {ApiToken._meta.verbose_name}, protected


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Permissions that several people share."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who could widen their own group could give themselves any right."""
        own = super().get_readonly_fields(request, obj)
        return own if _is_superuser(request) else (*own, "permissions")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, obj: Any) -> bool:
    """Who could set a superuser's password could sign in as one."""
    return obj is None or not obj.is_superuser or _is_superuser(request)
