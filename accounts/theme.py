"""Light, dark, or as the device has it. Chosen in the browser, for the browser: each screen has its own light."""

from django.http import HttpRequest

COOKIE = "theme"
AUTO, LIGHT, DARK = THEMES = ("auto", "light", "dark")


def chosen_theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(COOKIE)
    return chosen if chosen in THEMES else AUTO
