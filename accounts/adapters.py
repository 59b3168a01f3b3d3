"""Where allauth asks the portal: its words, its e-mails, who may come in."""

import base64
import io
import ipaddress

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from . import audit, kept_text, letters, limits, second_step, sessions
from .models import User

# What is said after a change, by allauth's names. It says more; the portal does not.
MESSAGES = {
    "account/messages/password_changed.txt": gettext_lazy("Your password is changed. Other sessions were ended."),
    "mfa/messages/totp_activated.txt": gettext_lazy("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy(
        "New recovery codes are made. Keep them in a safe place."
    ),
}
# What the owner of an account is written about, so that nobody changes it behind his back.
NOTICES = {
    "account/email/password_changed": gettext_lazy("The password was changed."),
    "account/email/password_reset": gettext_lazy("A new password was chosen by a link."),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app was set up."),
    "mfa/email/totp_deactivated": gettext_lazy("The authenticator app was removed."),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added."),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed."),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made; the old ones work no more."),
}
INCORRECT_CODE = gettext_lazy("This code is wrong, used already or has run out.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Too many failed attempts. Try again later."),
        "rate_limited": gettext_lazy("Too many failed attempts. Try again later."),
        "incorrect_password": gettext_lazy("This password is wrong."),
    }

    def is_open_for_signup(self, request):
        """Accounts are given, by import or in the administration."""
        return False

    def get_client_ip(self, request):
        address = audit.address_of(request)
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 a socket of the same machine has no address

    def _get_login_attempts_cache_key(self, request, **credentials):
        """allauth's own key holds the name of the host too: each name of the portal would allow as many attempts."""
        return limits.sign_in_key(credentials["username"])

    def add_message(self, request, level, message_template=None, *others, message=None, **more):
        if text := message or MESSAGES.get(message_template):
            messages.add_message(request, level, text)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        if user.email:
            notice = {"what": NOTICES[template_prefix], "at": timezone.now(), "link": settings.PORTAL_URL}
            letters.send([letters.compose("security_notice", user, notice)])

    def post_login(self, request, user, **how):
        """Whatever way somebody came in: his language, and what he typed before."""
        from . import views

        response = super().post_login(request, user, **how)
        if kept_text.carried_fields(request):
            response = views.hand_back(request)
        views.speak_language_of(user, request, response)
        return response

    def get_reauthentication_methods(self, user):
        """Who has a second step confirms with it: whoever knows the password alone must not take it away."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def is_reauthentication_required(self, *, app, **others):
        """The first second step may be set up with the sign-in of a moment ago."""
        recently = sessions.signed_in_just_now(context.request, app_settings.REAUTHENTICATION_TIMEOUT)
        return not recently or second_step.is_set_up(context.request.user)


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": INCORRECT_CODE,
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second step, and this is your only one. Set up another one first."
        ),
    }

    def get_totp_label(self, user):
        return user.username

    def get_totp_issuer(self):
        return _("Programme portal")

    def build_totp_svg(self, url):
        """On white, so that a camera reads it in the dark too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": _("Programme portal")}

    def get_public_key_credential_user_entity(self, user):
        return super().get_public_key_credential_user_entity(user) | {"name": user.username, "display_name": str(user)}

    def generate_authenticator_name(self, user, type):
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def can_delete_authenticator(self, authenticator):
        return not (second_step.is_required_of(authenticator.user) and second_step.is_last(authenticator))

    def encrypt(self, text):
        """Secrets of apps and recovery codes: a copy of the database alone opens no account."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _vault().decrypt(encrypted_text.encode()).decode()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Whom the organisation's own sign-in names may come in if the portal knows him; nobody is made an account."""

    def list_apps(self, request, provider=None, client_id=None):
        """From the environment alone."""
        found = super().list_apps(request, provider=provider, client_id=client_id)
        return [app for app in found if app.pk is None]

    def pre_social_login(self, request, sociallogin):
        if sociallogin.state.get("process") != "login":
            raise _refused(request, "unknown")
        sociallogin.user = _known(sociallogin)
        if sociallogin.user is None:
            raise _refused(request, "unknown")

    def is_open_for_signup(self, request, sociallogin):
        return False

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        raise _refused(request, "failed")


def _known(sociallogin) -> User | None:
    """The one active user of that address (which the issuer has verified), or that name; two are none."""
    if settings.OIDC_MATCH == "username":
        found = User.objects.filter(username=sociallogin.user.username)
    else:
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        found = User.objects.filter(email__iexact=verified[0]) if verified else User.objects.none()
    people = list(found.filter(is_active=True)[:2])
    return people[0] if len(people) == 1 else None


def _refused(request, reason: str) -> ImmediateHttpResponse:
    context = {"reason": reason, "name": settings.OIDC_NAME}
    return ImmediateHttpResponse(render(request, "socialaccount/refused.html", context, status=403))


def _vault() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"second step").derive(key.encode())
