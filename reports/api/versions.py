"""Versions of entries in HTTP: an ETag on the way out, If-Match on the way in."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter

from programme.problems import FieldError, Problem

# A version fits the database's column, so that a longer number can be none.
_TAG = re.compile(r'"(0|[1-9][0-9]{0,8})"')

IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description=gettext_lazy('The ETag of the entry that was read, such as "3"; "0" for an entry not begun.'),
)
ETAG = OpenApiParameter(
    "ETag",
    location=OpenApiParameter.HEADER,
    response=[200],
    description=gettext_lazy("Version of the entry, for If-Match."),
)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def version_asked_for(request) -> int:
    """The version that the writer saw. Without it nobody could say whether somebody else's words would be lost."""
    header = request.headers.get("If-Match")
    if header is None:
        text = _("Say which version of the entry you read: send its ETag in the header If-Match.")
        raise Problem(428, "version_required", text, errors=[FieldError("If-Match", text)])
    match = _TAG.fullmatch(header.strip())
    if match is None:
        text = _('Write one version in quotation marks, as the ETag of the entry gives it: "3".')
        raise Problem(400, "invalid", text, errors=[FieldError("If-Match", text)])
    return int(match[1])
