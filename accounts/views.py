from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from requests import RequestException

from . import audit, invitations, kept_text, limits, sessions, theme
from .forms import SignInForm
from .next_page import next_page

# So much of a request that is too large is still read, so that the browser gets to the answer.
MOST_TO_READ = 256 * 2**20


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=[(name, name) for name in theme.THEMES])


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """Signs in. Fields of a form that was sent signed out come along, and are shown afterwards, still unsaved."""

    template_name = "registration/login.html"
    form_class = SignInForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and kept_text.carried_fields(request):
            return hand_back(request)
        return super().dispatch(request, *args, **kwargs)

    def _redirect_to_pending_stage(self, request, stage):
        """Who turned back from the second step begins anew."""
        return None

    def form_valid(self, form):
        response = super().form_valid(form)
        if not self.request.user.is_authenticated and kept_text.carried_fields(self.request):
            # The second step is asked for in the answer to this very request: so the fields come along.
            self.request.method = "GET"
            return second_step(self.request)
        return response

    def render_to_response(self, context, **response_kwargs):
        return limits.with_status(super().render_to_response(context, **response_kwargs), context["form"])

    def get_context_data(self, **kwargs):
        kept = _kept(self.request)
        context = super().get_context_data(**kwargs)
        return context | {
            "next": context["redirect_field_value"] or "",
            "kept": kept,
            "holds_text": bool(kept),
            "sso": _single_sign_on(context["redirect_field_value"]),
        }


@method_decorator(login_not_required, name="dispatch")
class PasskeySignInView(LoginWebAuthnView):
    """Signs in with a passkey alone. A script fetches what to ask the device, and posts the answer."""


class SecondStepView(AuthenticateView):
    """The second step of a sign-in, or instead of it a recovery code. The fields that came along go on."""

    template_name = "mfa/authenticate.html"

    def form_invalid(self, form):
        return limits.with_status(super().form_invalid(form), form)

    def get_context_data(self, **kwargs):
        kept = _kept(self.request)
        return super().get_context_data(**kwargs) | {"kept": kept, "holds_text": bool(kept)}


second_step = SecondStepView.as_view()


def hand_back(request):
    """Signed in again: the fields that came along, to be sent to where they belong."""
    target = request.POST.get("next", "")
    context = {
        "target": target if kept_text.is_own_path(target) else None,
        "fields": kept_text.carried_fields(request),
        "texts": kept_text.texts(request),
        "holds_text": True,
    }
    return render(request, "registration/signed_in_again.html", context)


def _kept(request):
    return [(kept_text.CARRIED + name, value) for name, value in kept_text.carried_fields(request)]


def _single_sign_on(target):
    """Name and address of the organisation's own sign-in, if there is one."""
    if not settings.OIDC_ISSUER:
        return None
    query = f"?{urlencode({'next': target})}" if target else ""
    return {"name": settings.OIDC_NAME, "url": reverse("openid_connect_login", args=["sso"]) + query}


@login_not_required
def single_sign_on(request, provider_id):
    """Leads to the organisation's own sign-in; when that does not answer, there is a page that says so."""
    try:
        return openid_connect.login(request, provider_id)
    except RequestException:
        context = {"reason": "failed", "name": settings.OIDC_NAME}
        return render(request, "socialaccount/refused.html", context, status=502)


@method_decorator(login_not_required, name="dispatch")
class ChoosePasswordView(PasswordResetConfirmView):
    """Where an invitation leads: a first password, which also signs in. In the invited person's language."""

    template_name = "registration/choose_password.html"
    token_generator = invitations.tokens

    def dispatch(self, request, *args, **kwargs):
        self.first_language = None
        response = super().dispatch(request, *args, **kwargs)
        if self.first_language:
            response.headers["Content-Language"] = self.first_language
            _remember_language(request, response, self.first_language)
        return response

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def render_to_response(self, context, **response_kwargs):
        # Only with a link that works: nobody learns by guessing whom there is an account for.
        if self.validlink and settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            self.first_language = self.user.language
            translation.activate(self.first_language)
        return super().render_to_response(context, **response_kwargs).render()

    @transaction.atomic
    def form_valid(self, form):
        user = form.save()
        if self.request.user.is_authenticated:
            logout(self.request)
        sessions.end_all(user)
        get_adapter().send_notification_mail("account/email/password_reset", user)
        audit.record("user.password_chosen", by=user, subject=user)
        return perform_login(self.request, user, email_verification="none")


@never_cache
def sign_in_to_go_on(request):
    """The sign-in page in answer to a form that was sent signed out; the form's fields come along."""
    context = {
        "form": SignInForm(request),
        "next": request.get_full_path(),
        "kept": [(kept_text.CARRIED + name, value) for name, value in kept_text.sent_fields(request)],
        "files_lost": bool(request.FILES),
        # Choosing a language leaves the page, so it is not offered on one that holds unsaved text.
        "holds_text": True,
        "sso": _single_sign_on(None),
    }
    return render(request, "registration/login.html", context, status=401)


@never_cache
def second_step_first(request, where):
    """In answer to whoever still has to take the second step, or to set one up: leads to `where`, the page's name."""
    if kept_text.asks_for_json(request):
        return kept_text.refusal(_("Your role needs a second step of the sign-in. Load the page anew."), 403)
    texts = kept_text.texts(request)
    if texts:
        context = {"where": reverse(where), "texts": texts, "holds_text": True}
        return render(request, "registration/second_step_first.html", context, status=403)
    target = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect(f"{reverse(where)}?{urlencode({'next': target})}")


def too_many_attempts(request):
    """When to try again, in the reader's language; what was typed is shown to be copied."""
    seconds = limits.seconds_for_page(request)
    if kept_text.asks_for_json(request):
        response = kept_text.refusal(limits.in_words(seconds), 429)
    else:
        response = render(request, "429.html", {"text": limits.in_words(seconds)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def form_expired(request, reason=""):
    """The token of a form is not the browser's any more: the typed text is shown, nothing is done with it."""
    if kept_text.asks_for_json(request):
        return kept_text.refusal(_("You signed in again in another window. Reload this page."), 403)
    texts = kept_text.texts(request)
    return render(request, "403_csrf.html", {"texts": texts, "holds_text": bool(texts)}, status=403)


def bad_request(request, exception):
    """Too much was sent: said so in the reader's language. Anything else is answered without a look at the request."""
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return defaults.bad_request(request, exception)
    _read_to_the_end(request)
    if kept_text.asks_for_json(request):
        return kept_text.refusal(_("This is more than the portal takes at once: 12 MB of text."), 413)
    return render(request, "400.html", {"is_too_large": True}, status=413)


def _read_to_the_end(request) -> None:
    received = 0
    try:
        while received < MOST_TO_READ and (chunk := request.read(2**16)):
            received += len(chunk)
    except UnreadablePostError:
        pass


@login_not_required
@require_POST
def set_language(request):
    """Keep the chosen language with the account, or in a cookie for a visitor, and go back to the page."""
    form = LanguageForm(request.POST)
    response = redirect(next_page(request, otherwise="/"))
    if form.is_valid():
        language = form.cleaned_data["language"]
        if request.user.is_authenticated:
            request.user.language = language
            with transaction.atomic():
                request.user.save(update_fields=["language"])
                audit.record("user.language_chosen", by=request.user, subject=request.user, language=language)
        _remember_language(request, response, language)
    return response


def speak_language_of(user, request, response) -> None:
    """From the sign-in on: in this answer, and before the next sign-in too."""
    translation.activate(user.language)
    _remember_language(request, response, user.language)


def _remember_language(request, response, language: str) -> None:
    """In a cookie, so that pages before sign-in speak it too."""
    _remember(request, response, settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def set_theme(request):
    """Keep the chosen theme in a cookie, and go back to the page."""
    form = ThemeForm(request.POST)
    response = redirect(next_page(request, otherwise="/"))
    if form.is_valid():
        _remember(request, response, theme.COOKIE, form.cleaned_data["theme"])
    return response


def _remember(request, response, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure())
