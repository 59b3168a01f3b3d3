"""How a machine signs in to the API, and what it may do there.

`config.settings` names these. REST framework loads this module while it loads its own views, so nothing here may import
those at the top.
"""

import base64
import binascii

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions, permissions, throttling

from programme.problems import Problem

from . import tokens
from .models import ApiToken, Scope


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <secret>`, `Token <secret>`, or Basic with the secret as password and any user name.

    Basic is what Excel's "From Web" knows. `request.auth` is the token. The middleware has not seen its user, so the
    language is chosen here.
    """

    def authenticate(self, request):
        secret = _secret(authentication.get_authorization_header(request))
        if secret is None:
            return None
        failures = FailedSignIns()
        if not failures.allow_request(request, None):
            raise exceptions.Throttled(failures.wait())
        token = tokens.find(secret)
        if token is None:
            failures.count()
            raise exceptions.AuthenticationFailed(_("This token is wrong, revoked or has run out."))
        translation.activate(token.user.language)
        return token.user, token

    def authenticate_header(self, request):
        return 'Bearer realm="portal", Basic realm="portal", charset="UTF-8"'


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser. What changes something needs the form token of the portal's pages."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise Problem(
                403, "csrf_failed", _("A browser's session changes something only with its form token.")
            ) from None


class Scoped(permissions.BasePermission):
    """A token needs the scope of what it asks for: `view.scope_of[action]`, or else "read", or "write" to change.

    A person who is signed in may do what the role may, which the actions themselves hold.
    """

    def has_permission(self, request, view):
        if not isinstance(request.auth, ApiToken) or getattr(view, "action", "") is None:
            return True  # None: there is no such action, which is answered later
        otherwise = Scope.READ if request.method in permissions.SAFE_METHODS else Scope.WRITE
        needed = getattr(view, "scope_of", {}).get(getattr(view, "action", ""), otherwise)
        if needed in tokens.scopes_of(request.auth):
            return True
        raise Problem(
            403,
            "scope_missing",
            _("This token may not do that. It was made without: %(scope)s.") % {"scope": Scope(needed).label},
            members={"scope": Scope(needed).value},
        )


class FailedSignIns(throttling.SimpleRateThrottle):
    """So many wrong secrets from one address, then none is looked at for a while."""

    scope = "failed_sign_ins"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def throttle_success(self):
        return True

    def count(self):
        if self.rate is not None:
            super().throttle_success()


def _secret(header: bytes) -> str | None:
    """What is sent as a secret; None: nothing of the kind, and a browser's session may do."""
    scheme, _space, value = header.decode("latin-1").partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value.strip()).decode().partition(":")[2]
            except (binascii.Error, ValueError):
                return ""
    return None
