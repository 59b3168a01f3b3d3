"""Administrators manage accounts; everything else has its own pages."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from .models import User

admin.site.site_header = admin.site.site_title = _("Programme portal")
admin.site.unregister(Group)


@admin.register(User)
class PortalUserAdmin(UserAdmin):
    list_display = ("username", "role", "agency", "language", "is_active")
    list_filter = ("role", "is_active", "agency__kind")
    list_select_related = ("agency",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Role"), {"fields": ("role", "agency", "is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "role", "agency", "language", "password1", "password2")}),)
