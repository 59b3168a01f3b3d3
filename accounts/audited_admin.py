"""What administrators change in the administration leaves records."""

from django.contrib import admin
from django.db import transaction

from . import audit

# What decides what a person may do: records say what it was and what it is now.
PERMISSIONS = ("role", "agency", "is_active", "is_staff", "is_superuser")


class AuditedAdmin(admin.ModelAdmin):
    """Records go by the lines of the administration's own log, which names the fields and not what stands in them."""

    audited_as = "row"

    def log_addition(self, request, obj, message):
        self._record("added", request.user, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._record("changed", request.user, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._record("deleted", request.user, obj, [])
        return super().log_deletions(request, queryset)

    def save_model(self, request, obj, form, change):
        obj.permissions_changed = {
            name: [form.initial.get(name, ""), getattr(form.cleaned_data[name], "pk", form.cleaned_data[name])]
            for name in PERMISSIONS
            if name in form.changed_data
        }
        super().save_model(request, obj, form, change)

    def response_action(self, request, queryset):
        with transaction.atomic():
            return super().response_action(request, queryset)

    def _record(self, what, by, obj, message):
        parts = [part for line in message if isinstance(line, dict) for part in line.values()]
        fields = sorted({str(name) for part in parts for name in part.get("fields", [])})
        changed = getattr(obj, "permissions_changed", {})
        audit.record(
            f"{self.audited_as}.{what}",
            by=by,
            subject=obj,
            named=getattr(obj, "username", obj),
            fields=fields,
            **changed,
        )
