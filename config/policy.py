"""What browsers are told not to do with the portal's pages, and what they report when something tried it."""

import json
import logging
from urllib.parse import SplitResult, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, path, resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework.throttling import SimpleRateThrottle

from .models import PolicyViolation

# Nothing of a browser's machine, except keys to sign in with.
_NEVER = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_HERE = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _NEVER), *(f"{name}=(self)" for name in _HERE)])
REPORTS = "policy-reports"
# Larger than any honest report; so many of one request are looked at; so many kinds are kept.
MOST_BYTES, MOST_AT_ONCE, MOST_KEPT = 16 * 2**10, 10, 500
CONTENT_TYPES = ("application/csp-report", "application/reports+json", "application/json")
log = logging.getLogger(__name__)


class PolicyMiddleware:
    """Headers that Django has no settings for. Stands before whatever answers, static files included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if f"report-to {REPORTS}" in response.get("Content-Security-Policy", ""):
            response.headers.setdefault("Reporting-Endpoints", f'{REPORTS}="/{REPORTS}"')
        # What a person sees is his: no cache on the way keeps it, and the browser asks before it shows it again.
        if "Cookie" in response.get("Vary", ""):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class ReportThrottle(SimpleRateThrottle):
    """So many reports of one address, the others are dropped."""

    scope = "policy_reports"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@csrf_exempt
@login_not_required
@require_POST
@never_cache
def policy_report(request: HttpRequest) -> HttpResponse:
    """Takes what browsers report; whoever sends it gets no word about what became of it."""
    if not ReportThrottle().allow_request(request, None):
        return HttpResponse(status=429)
    if request.content_type not in CONTENT_TYPES:
        return HttpResponse(status=415)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    for report in (sent if isinstance(sent, list) else [sent])[:MOST_AT_ONCE]:
        if violation := _violation(report, request):
            _keep(violation)
    return HttpResponse(status=204)


def _violation(report: object, request: HttpRequest) -> dict[str, str] | None:
    """Both forms that browsers send: {"csp-report": {…}}, and {"type": "csp-violation", "body": {…}}."""
    said = report.get("csp-report", report.get("body")) if isinstance(report, dict) else None
    if not isinstance(said, dict):
        return None
    directive = _text(said, "effective-directive", "effectiveDirective", "violated-directive").partition(" ")[0]
    if not directive:
        return None
    page = _address(_text(said, "document-uri", "documentURL"))
    return {
        "directive": directive[:40],
        "blocked": _origin(_text(said, "blocked-uri", "blockedURL"))[:100],
        "page": _page(page.path) if page.netloc == request.get_host() else "",
    }


def _text(said: dict, *names: str) -> str:
    """The first of the names that is there; without what could not be stored or shown."""
    value = next((said[name] for name in names if isinstance(said.get(name), str)), "")
    return "".join(letter for letter in value if letter.isprintable())


def _origin(blocked: str) -> str:
    """Of what was blocked where it would have come from, without path and query; else “inline”, “eval”, “data”."""
    address = _address(blocked)
    return f"{address.scheme}://{address.netloc}" if address.netloc else address.scheme or blocked


def _address(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def _page(path: str) -> str:
    try:
        return resolve(path).view_name[:100]
    except Resolver404:
        return ""


def _keep(violation: dict[str, str]) -> None:
    now = timezone.now()
    if PolicyViolation.objects.filter(**violation).update(count=F("count") + 1, last_at=now):
        return
    if PolicyViolation.objects.count() < MOST_KEPT:
        log.warning("content security policy: %(directive)s blocked %(blocked)s on %(page)s", violation)
        new = PolicyViolation(**violation, first_at=now, last_at=now)
        PolicyViolation.objects.bulk_create([new], ignore_conflicts=True)


urlpatterns = [path(REPORTS, policy_report, name=REPORTS)]
