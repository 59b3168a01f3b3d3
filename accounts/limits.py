"""Too many attempts: how long one has to wait. What is allowed stands in the settings, allauth counts in the cache."""

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from . import sign_in_records

CODE = "too_many_attempts"
# allauth's names of what is counted, by the page that counts it. (Its other pages count nothing of their own.)
_COUNTED = {
    "account_reset_password": "reset_password",
    "account_change_password": "change_password",
    "account_reauthenticate": "reauthenticate",
    "mfa_reauthenticate": "reauthenticate",
    "mfa_reauthenticate_webauthn": "reauthenticate",
    "mfa_login_webauthn": "webauthn_login",
}


def sign_in_key(username: str) -> str:
    """Under which failed attempts at an account are counted, whether there is such an account or not."""
    return f"sign-in:{username.strip().lower()}"


def second_step_key(user) -> str:
    """The same for its second step, as allauth names it."""
    return f"mfa-auth-user-{user.pk}"


def seconds_to_wait(request: HttpRequest, action: str, *, key: str = "", user=None) -> int:
    """Until the next attempt at `action` is looked at; 0: it may be made now."""
    app = "allauth.mfa" if action == "webauthn_login" else "allauth.account"
    now, wait = time.time(), 0.0
    for rate in ratelimit.get_rates(app=app, action=action):
        if (rate.per == "key" and not key) or (rate.per == "user" and user is None):
            continue
        place = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key, user=user)
        # allauth keeps the newest first.
        recent = [moment for moment in cache.get(place, []) if moment > now - rate.duration]
        if len(recent) >= rate.amount:
            wait = max(wait, recent[rate.amount - 1] + rate.duration - now)
    return math.ceil(wait)


def refuse_if_spent(request: HttpRequest, *, key: str) -> None:
    """For forms: says when to try again, before the password or the code is looked at."""
    seconds = seconds_to_wait(request, "login_failed", key=key)
    if seconds:
        sign_in_records.locked_out(key, seconds)
        raise ValidationError(in_words(seconds), code=CODE, params={"seconds": seconds})


def in_words(seconds: int) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    return ngettext(
        "Too many failed attempts. Try again in %(minutes)d minute.",
        "Too many failed attempts. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}


def with_status(response: HttpResponse, form) -> HttpResponse:
    """429 and Retry-After, if that is what the form was refused for."""
    for errors in form.errors.as_data().values() if form.is_bound else []:
        for error in errors:
            if error.code == CODE:
                response.status_code = 429
                response.headers["Retry-After"] = str(error.params["seconds"])
    return response


def seconds_for_page(request: HttpRequest) -> int:
    """How long to wait for the page that was just refused; a minute where that cannot be told."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    key = request.POST.get("email", "").strip().lower()
    user = request.user if request.user.is_authenticated else None
    action = _COUNTED.get(name)
    return (seconds_to_wait(request, action, key=key, user=user) if action else 0) or 60
