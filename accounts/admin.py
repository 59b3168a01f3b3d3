"""Administrators manage accounts; everything else has its own pages."""

from allauth.account.admin import EmailAddress
from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from . import audit, invitations, letters, sessions
from .audited_admin import AuditedAdmin
from .models import User

admin.site.site_header = admin.site.site_title = _("Programme portal")
# The administration has no door of its own: who enters has signed in as everybody does, with the second step.
admin.site.login = secure_admin_login(admin.site.login)
for model in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(model)


class NewUserForm(forms.ModelForm):
    """A person without a password: the invitation leads to the page where it is chosen."""

    email = forms.EmailField(label=_("Email address"), help_text=_("Where the invitation goes."))

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "role", "agency")

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
@method_decorator(transaction.atomic, name="user_change_password")
class PortalUserAdmin(AuditedAdmin, UserAdmin):
    audited_as = "user"
    list_display = ("username", "role", "agency", "language", "is_active")
    list_filter = ("role", "is_active", "agency__kind")
    list_select_related = ("agency",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Role"), {"fields": ("role", "agency", "is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": NewUserForm.Meta.fields}),)
    actions = ("invite", "remove_second_step")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            letters.send([invitations.invitation(obj)])

    @admin.action(description=_("Send the invitation again"), permissions=["change"])
    def invite(self, request, queryset):
        people = list(queryset.filter(pk__in=invitations.invited()))
        for person in people:
            audit.record("user.invited", by=request.user, subject=person, named=person.username)
        letters.send([invitations.invitation(person) for person in people])
        self.message_user(request, _("Invitations sent: %(count)d.") % {"count": len(people)}, messages.SUCCESS)
        if others := queryset.exclude(pk__in=[person.pk for person in people]).values_list("username", flat=True):
            text = _("Not invited, because they have chosen a password or have no e-mail address: %(names)s.")
            self.message_user(request, text % {"names": ", ".join(others)}, messages.WARNING)

    @admin.action(description=_("Remove the second step (for who lost the phone)"), permissions=["change"])
    def remove_second_step(self, request, queryset):
        """Make sure who asks for it. Whoever must have a second step sets up a new one with the next sign-in."""
        for person in queryset:
            Authenticator.objects.filter(user=person).delete()
            sessions.end_all(person)
            audit.record("user.second_step_removed", by=request.user, subject=person, named=person.username)
        names = ", ".join(person.username for person in queryset)
        self.message_user(request, _("The second step is removed: %(names)s.") % {"names": names}, messages.SUCCESS)
