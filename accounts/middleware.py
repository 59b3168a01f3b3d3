"""The language a person chose, and what happens to those who are not signed in (any more), or not all the way."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from . import kept_text, second_step, sessions
from .views import second_step_first, sign_in_to_go_on

# What whoever still has to take the second step may do: leave, or read in another language.
_ALWAYS = {"login", "logout", "set_language", "theme"}
_TO_SET_UP = _ALWAYS | {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
}
_TO_TAKE = _ALWAYS | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


class SessionLimitsMiddleware:
    """A session that is over is none: what follows meets a visitor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sessions.end_if_over(request)
        return self.get_response(request)


class ChosenLanguageMiddleware:
    """Activates the chosen language, Kazakh until one is chosen; the browser's own preference does not count.

    With the account once signed in, in a cookie before.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Everything asks for a sign-in, except views marked otherwise. A sign-in that ran out costs no typed word."""

    def handle_no_permission(self, request, view_func):
        if kept_text.asks_for_json(request):
            return kept_text.refusal(_("You are not signed in any more."), 401)
        is_admin = "admin" in request.resolver_match.app_names
        if not is_admin and any(value.strip() for _name, value in kept_text.sent_fields(request)):
            return sign_in_to_go_on(request)
        return super().handle_no_permission(request, view_func)


class SecondStepMiddleware:
    """Whose role asks for a second step, and who has not taken it, is led there and can do nothing else meanwhile.

    The API refuses such a session itself, see `accounts.api`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        is_api = hasattr(view_func, "cls")
        if is_api or not second_step.is_missing(request):
            return None
        is_set_up = second_step.is_set_up(request.user)
        if request.resolver_match.view_name in (_TO_TAKE if is_set_up else _TO_SET_UP):
            return None
        return second_step_first(request, "mfa_reauthenticate" if is_set_up else "mfa_index")
