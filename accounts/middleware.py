"""The language a person chose, and what happens to those who are not signed in (any more)."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from . import kept_text
from .views import sign_in_to_go_on


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
