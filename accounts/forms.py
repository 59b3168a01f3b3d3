"""What is asked of people who sign in. The fields and words of a password are Django's own."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ReauthenticateForm as ReauthenticateByPasswordForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter as get_second_step_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import audit, invitations, limits


class SignInForm(AuthenticationForm):
    """User name and password. The same answer, after the same work, whoever is not let in."""

    def clean(self):
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is not None and password:
            limits.refuse_if_spent(self.request, key=limits.sign_in_key(username))
            self.user_cache = get_adapter().authenticate(self.request, username=username, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data

    def login(self, request, redirect_url=None):
        """The answer of a valid form: the page that was asked for, or the second step."""
        login = Login(user=self.get_user(), redirect_url=redirect_url)
        return perform_password_login(request, {"username": self.cleaned_data["username"]}, login)


class ForgottenPasswordForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def save(self, request):
        invitations.write_to_who_forgot(self.cleaned_data["email"])


class PasswordConfirmationForm(ReauthenticateByPasswordForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class _CodeForm(forms.Form):
    """A code works once, also while the next one is already shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("One-time code"),
            max_length=20,
            help_text=_("Six digits from the app, or one of your recovery codes."),
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        )

    def clean_code(self):
        limits.refuse_if_spent(context.request, key=limits.second_step_key(self.user))
        try:
            with transaction.atomic():
                code = super().clean_code()
                if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
                    audit.record("user.code_used", by=self.user, subject=self.user)
        except forms.ValidationError:
            with transaction.atomic():
                audit.record("sign_in.failed", by=None, lane=audit.DOOR, account=self.user.username, step=2)
            raise
        if self.authenticator.type == Authenticator.Type.TOTP:
            used = f"second-step:{self.user.pk}:{normalize_user_code(code)}"
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            if not cache.add(used, True, steps * app_settings.TOTP_PERIOD):
                raise get_second_step_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(_CodeForm, AuthenticateForm):
    """At the sign-in."""


class ConfirmationForm(_CodeForm, ReauthenticateForm):
    """Before something that needs it anew."""


class AppForm(ActivateTOTPForm):
    """The first code of an app that is being set up."""

    code = forms.CharField(
        label=_("One-time code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


class PasskeyForm(AddWebAuthnForm):
    """A passkey always signs in by itself too, so the device asks for its own lock each time."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=50,
        help_text=_("So that you tell it from others: the phone, the key on your key ring."),
    )
    passwordless = None
