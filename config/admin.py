"""What browsers complained about, for administrators: to read, and to clear once it is dealt with."""

from django.contrib import admin

from accounts.audited_admin import AuditedAdmin

from .models import PolicyViolation


@admin.register(PolicyViolation)
class PolicyViolationAdmin(AuditedAdmin):
    list_display = ("directive", "blocked", "page", "count", "first_at", "last_at")
    list_filter = ("directive",)
    search_fields = ("blocked", "page")
    fields = list_display

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
