"""What the API answers when something is not possible: problem details (RFC 9457), in the user's language."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions


@dataclass(frozen=True)
class FieldError:
    """`pointer`: where in the request: "#/spending/0/amount" (body), "?period" (parameter), "If-Match" (header)."""

    pointer: str
    detail: str


class Problem(exceptions.APIException):
    """`code`: stable, for machines, the last part of the problem's type; `members`: more members of the answer.

    `config.problems.handle_exception` turns it, and every other exception, into application/problem+json.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[FieldError] | None = None,
        members: dict | None = None,
    ):
        super().__init__(detail, code)
        self.status_code = status
        self.errors = errors or []
        self.members = members or {}


@dataclass(frozen=True)
class Kind:
    """What all problems of one code have in common: `title` names it, `remedy` says what a program can do about it."""

    status: int
    title: str
    remedy: str


KINDS = {
    "invalid": Kind(
        400,
        _("Something in the request is wrong"),
        _("“errors” names each place and says what is wrong there. Nothing was saved."),
    ),
    "malformed": Kind(
        400,
        _("The request cannot be read"),
        _("Send JSON in UTF-8, or a form with a file where one is asked for."),
    ),
    "not_authenticated": Kind(
        401, _("Not signed in"), _("Send a token, as a bearer token or as the password of Basic authentication.")
    ),
    "authentication_failed": Kind(
        401, _("The token does not work"), _("It is mistyped, revoked or has run out: make a new one.")
    ),
    "permission_denied": Kind(
        403, _("Not allowed"), _("The role of the token's user does not go so far. Trying again does not help.")
    ),
    "scope_missing": Kind(
        403, _("The token was made for less"), _("“scope” names what is missing: make a token that has it.")
    ),
    "csrf_failed": Kind(
        403,
        _("The form token is missing"),
        _("A browser's session sends it as X-CSRFToken. A program sends a token of its own instead."),
    ),
    "not_found": Kind(
        404, _("Does not exist"), _("There is nothing at this address, or it is not yours to see.")
    ),
    "method_not_allowed": Kind(405, _("This cannot be done here"), _("The Allow header names what can.")),
    "not_acceptable": Kind(
        406, _("Not available in that form"), _("Ask for application/json, or for text/csv where it is a list.")
    ),
    "refused": Kind(
        409, _("Not possible now"), _("“detail” says what stands in the way. Nothing was changed.")
    ),
    "changed_meanwhile": Kind(
        412,
        _("Somebody else was faster"),
        _("Read the entry anew, decide what becomes of “theirs”, and write with the new version."),
    ),
    "too_large": Kind(413, _("Too large"), _("Send less at once.")),
    "unsupported_media_type": Kind(
        415, _("The body is of the wrong type"), _("Name the type that the address takes in Content-Type.")
    ),
    "version_required": Kind(
        428, _("The version is missing"), _("Read the entry and send its ETag as If-Match.")
    ),
    "throttled": Kind(429, _("Too many requests"), _("Wait for the seconds that Retry-After names.")),
    "error": Kind(500, _("Something went wrong in the portal"), _("It has been written down. Try again later.")),
    "storage": Kind(503, _("Files cannot be stored now"), _("Try again later. Nothing was changed.")),
}  # fmt: skip
