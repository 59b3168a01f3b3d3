"""Who came in, who did not, who left: Django says so by signals, whichever way a person signs in."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from . import audit
from .models import User


@receiver(user_logged_in)
def _signed_in(sender, user, **kwargs):
    _record("sign_in.done", user)


@receiver(user_logged_out)
def _signed_out(sender, user, **kwargs):
    if user:
        _record("sign_in.ended", user)


@receiver(user_login_failed)
def _failed(sender, credentials, **kwargs):
    """Names that no account has are not kept: now and then somebody types a password there."""
    tried = User.objects.filter(username=credentials.get("username", "")).values_list("username", flat=True).first()
    with transaction.atomic():
        audit.record("sign_in.failed", by=None, lane=audit.DOOR, account=tried or "")


def locked_out(key: str, seconds: int) -> None:
    """Attempts at an account are refused for a while: one record of it, however many come. `key`: see `limits`."""
    if not cache.add(f"locked-out:{key}", True, seconds):
        return
    name = key.removeprefix("sign-in:")
    who = {"username__iexact": name} if name != key else {"pk": key.rpartition("-")[2]}
    account = User.objects.filter(**who).values_list("username", flat=True).first()
    with transaction.atomic():
        audit.record("sign_in.locked_out", by=None, lane=audit.DOOR, account=account or "", seconds=seconds)


def _record(action: str, user: User, **details) -> None:
    with transaction.atomic():
        audit.record(action, by=user, **details)
