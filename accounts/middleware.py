"""The language a person chose: with the account once signed in, in a cookie before."""

from django.conf import settings
from django.utils import translation


class ChosenLanguageMiddleware:
    """Activates the chosen language, Kazakh until one is chosen; the browser's own preference does not count."""

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
