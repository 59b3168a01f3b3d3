"""E-mails that wait or were given up: administrators see why, and have them tried again."""

from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.audited_admin import AuditedAdmin

from .models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(AuditedAdmin):
    list_display = ("recipient", "subject", "created_at", "sent_at", "attempts", "next_at", "given_up_at", "error")
    list_filter = ("given_up_at", "sent_at")
    search_fields = ("recipient", "subject")
    fields = list_display
    actions = ("try_again",)

    def has_module_permission(self, request):
        return request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Try to send again"), permissions=["view"])
    def try_again(self, request, queryset):
        count = queryset.filter(sent_at=None).update(given_up_at=None, attempts=0, next_at=F("created_at"))
        audit.record("mail.tried_again", by=request.user, mails=count)
