"""What the API answers when something is not possible: problem details (RFC 9457), in the user's language."""

from dataclasses import dataclass

from rest_framework import exceptions


@dataclass(frozen=True)
class FieldError:
    """`pointer`: where in the request it is, as "#/spending/0/amount" (body), "?period" (parameter), "If-Match" (header)."""

    pointer: str
    detail: str


class Problem(exceptions.APIException):
    """`code`: stable, for machines, the last part of the problem's type; `members`: more members of the answer.

    `config.api.handle_exception` turns it, and every other exception, into application/problem+json.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, errors: list[FieldError] | None = None, members: dict | None = None
    ):
        super().__init__(detail, code)
        self.status_code = status
        self.errors = errors or []
        self.members = members or {}
