"""Pages on which people see and change what protects their account: password, second step, sessions."""

from functools import wraps

from allauth.account.views import PasswordChangeView, PasswordResetDoneView, PasswordResetView, ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as ConfirmByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic.edit import FormView

from . import audit, limits, second_step, sessions


def _recorded(action: str):
    """For `form_valid`: what it does, and the record of it, in one transaction."""

    def decorate(form_valid):
        @wraps(form_valid)
        def with_record(self, form):
            with transaction.atomic():
                response = form_valid(self, form)
                audit.record(f"user.{action}", by=self.request.user, subject=self.request.user)
            return response

        return with_record

    return decorate


class _Refusing:
    """A form refused because of too many attempts is answered with 429."""

    def form_invalid(self, form):
        return limits.with_status(super().form_invalid(form), form)


class ChangePasswordView(PasswordChangeView):
    """Whoever signs in with the organisation's own accounts has no password to change."""

    template_name = "account/password_change.html"
    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_usable_password():
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    @_recorded("password_changed")
    def form_valid(self, form):
        response = super().form_valid(form)
        sessions.end_others(self.request)
        return response


class ForgottenPasswordView(PasswordResetView):
    """The same answer for every address."""

    template_name = "account/password_reset.html"


class ForgottenPasswordSentView(PasswordResetDoneView):
    template_name = "account/password_reset_done.html"


class ProtectionView(IndexView):
    """What protects the account, and whether something is missing."""

    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        kinds = context["authenticators"]
        return context | {
            "app": kinds.get(Authenticator.Type.TOTP),
            "passkeys": kinds.get(Authenticator.Type.WEBAUTHN, []),
            "codes": kinds.get(Authenticator.Type.RECOVERY_CODES),
            "is_missing": second_step.is_missing(self.request),
            "is_required": second_step.is_required_of(self.request.user),
        }


class SetUpAppView(_Refusing, ActivateTOTPView):
    template_name = "mfa/totp/activate_form.html"

    @_recorded("app_added")
    def form_valid(self, form):
        response = super().form_valid(form)
        second_step.note_set_up(self.request, Authenticator.Type.TOTP)
        return response


class RemoveAppView(DeactivateTOTPView):
    template_name = "mfa/totp/deactivate_form.html"

    @_recorded("app_removed")
    def form_valid(self, form):
        return super().form_valid(form)


class AddPasskeyView(AddWebAuthnView):
    """The device asks for its own lock and keeps the passkey, so that it signs in alone as well."""

    template_name = "mfa/webauthn/add_form.html"

    def get_context_data(self, **kwargs):
        options = webauthn.begin_registration(self.request.user, passwordless=True)
        return super(AddWebAuthnView, self).get_context_data(**kwargs) | {"js_data": {"creation_options": options}}

    @_recorded("passkey_added")
    def form_valid(self, form):
        response = super().form_valid(form)
        second_step.note_set_up(self.request, Authenticator.Type.WEBAUTHN)
        return response


class RemovePasskeyView(RemoveWebAuthnView):
    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form):
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        return self.remove(form)

    @_recorded("passkey_removed")
    def remove(self, form):
        return super().form_valid(form)


class RecoveryCodesView(ViewRecoveryCodesView):
    template_name = "mfa/recovery_codes/index.html"

    def get(self, request):
        with transaction.atomic():
            response = super().get(request).render()
            audit.record("user.codes_shown", by=request.user, subject=request.user)
        return response


class NewRecoveryCodesView(GenerateRecoveryCodesView):
    template_name = "mfa/recovery_codes/generate.html"

    def dispatch(self, request, *args, **kwargs):
        if not second_step.is_set_up(request.user):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    @_recorded("codes_made")
    def form_valid(self, form):
        return super().form_valid(form)


class ConfirmView(ReauthenticateView):
    """The password once more, before something that needs it."""

    template_name = "account/reauthenticate.html"


class ConfirmByAppView(_Refusing, ConfirmByCodeView):
    template_name = "account/reauthenticate.html"


class ConfirmByPasskeyView(ReauthenticateWebAuthnView):
    template_name = "mfa/webauthn/reauthenticate.html"
    form_invalid = FormView.form_invalid


@never_cache
@require_safe
def own_sessions(request):
    """Where one is signed in. One query however many."""
    listed = [
        (one, sessions.device(one.user_agent), one.session_key == request.session.session_key)
        for one in sessions.open_sessions(request.user)
    ]
    return render(request, "usersessions/usersession_list.html", {"sessions": listed})


@require_POST
def end_session(request, pk):
    """Signs out one device of one's own, perhaps this one."""
    one = get_object_or_404(UserSession, user=request.user, pk=pk)
    is_this = one.session_key == request.session.session_key
    sessions.end(UserSession.objects.filter(pk=one.pk))
    if is_this:
        logout(request)
        return redirect("login")
    messages.success(request, _("That session is ended."))
    return redirect("usersessions_list")


@require_POST
def end_every_session(request):
    """Signs out everywhere, here too."""
    sessions.end_all(request.user)
    logout(request)
    return redirect("login")
