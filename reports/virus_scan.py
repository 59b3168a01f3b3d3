"""Files are shown to a virus scanner before they are kept, if the setting CLAMAV names one."""

import logging

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

SECONDS = 30
log = logging.getLogger(__name__)


def check_for_viruses(file: File, name: str) -> None:
    """Raises ValidationError for a file in which the scanner finds something, and for every file while it is away."""
    if not settings.CLAMAV:
        return
    file.seek(0)
    try:
        [(status, found)] = _scanner().instream(file).values()
    except (ClamdError, OSError, ValueError):
        log.exception("The virus scanner %s does not answer", settings.CLAMAV)
        status, found = "ERROR", None
    finally:
        file.seek(0)
    if status == "FOUND":
        log.warning("The virus scanner found %s in an upload", found)
        raise ValidationError(
            _("“%(name)s” is infected (%(virus)s) and was not kept. Tell whoever looks after your computer.")
            % {"name": name, "virus": found},
            code="virus",
        )
    if status != "OK":
        raise ValidationError(
            _("“%(name)s” could not be checked for viruses just now and was not kept. Try again in a few minutes.")
            % {"name": name},
            code="unchecked",
        )


def _scanner() -> ClamdNetworkSocket:
    """`unix:///run/clamav/clamd.ctl` or `tcp://host:3310`."""
    scheme, _colon, place = settings.CLAMAV.partition("://")
    if scheme == "unix":
        return ClamdUnixSocket(place, timeout=SECONDS)
    host, _colon, port = place.rpartition(":")
    return ClamdNetworkSocket(host, int(port), timeout=SECONDS)
