"""What all operations of the OpenAPI schema have in common: signing in, parameters of lists, problems."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from programme.problems import KINDS

PROBLEM = "application/problem+json"
CSV = "text/csv"
# What any request can be answered. A view's `problems` says by action what else.
ALWAYS = (400, 401, 403, 404, 406, 429)


# The variables of addresses.
IN_PATH = {
    "id": gettext_lazy("`id` of the submission."),
    "ordinal": gettext_lazy("Row of the plan."),
    "attachment": gettext_lazy("`id` of the file."),
    "comment": gettext_lazy("`id` of the comment."),
    "number": gettext_lazy("Number of the filing, counted from 1."),
}


class FieldErrorSerializer(serializers.Serializer):
    pointer = serializers.CharField(
        help_text=gettext_lazy("Where: “#/…” is a place in the body, “?…” a parameter, anything else a header.")
    )
    detail = serializers.CharField(help_text=gettext_lazy("What is wrong there."))


class ProblemSerializer(serializers.Serializer):
    type = serializers.CharField(help_text=gettext_lazy("Stable; leads to the description of this code."))
    title = serializers.CharField(help_text=gettext_lazy("What kind of problem it is, in the user's language."))
    status = serializers.IntegerField(help_text=gettext_lazy("The status of the answer."))
    detail = serializers.CharField(help_text=gettext_lazy("What went wrong, in the user's language."))
    instance = serializers.CharField(help_text=gettext_lazy("What was asked for."))
    code = serializers.CharField(help_text=gettext_lazy("Stable, for programs: the last part of the type."))
    errors = FieldErrorSerializer(many=True, help_text=gettext_lazy("Each wrong value; empty if it is none of them."))


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.TokenAuthentication"
    name = ["bearer", "basic"]

    def get_security_requirement(self, auto_schema):
        return [{name: []} for name in self.name]  # one of them, not both

    def get_security_definition(self, auto_schema):
        return [
            {"type": "http", "scheme": "bearer", "description": _("An access token of the portal.")},
            {
                "type": "http",
                "scheme": "basic",
                "description": _("An access token as the password, with any user name."),
            },
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.SessionAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": _("A browser that is signed in. What changes something needs X-CSRFToken too."),
        }


class PortalSchema(AutoSchema):
    """Adds to every operation the problems that it can answer with, and to lists what all lists take."""

    def get_description(self):
        return ""  # docstrings are for those who read the code

    def get_override_parameters(self):
        if CSV not in self.map_renderers("media_type"):
            return []
        names = [*self.view.get_serializer().fields]
        known = self.view.ordering_fields
        orders = [sign + name for name in known for sign in ("", "-")]
        csv = OpenApiParameter(
            "format", enum=["json", "csv"], description=_("csv: all rows as a file for Excel, whatever the page.")
        )
        fields = _list_of(names, "fields", _("Only these fields, in this order."))
        return [csv, fields, *([_list_of(orders, "ordering", _("Order; “-”: downwards."))] if orders else [])]

    def _resolve_path_parameters(self, variables):
        return [
            one | {"description": IN_PATH[one["name"]]} if one["name"] in IN_PATH else one
            for one in super()._resolve_path_parameters(variables)
        ]

    def _get_response_bodies(self, direction="response"):
        also = getattr(self.view, "problems", {}).get(getattr(self.view, "action", None), ())
        problems = {
            str(status): self._get_response_for_code(
                OpenApiResponse(ProblemSerializer, _titles(status)), str(status), [PROBLEM], direction
            )
            for status in sorted({*ALWAYS, *also})
        }
        return super()._get_response_bodies(direction) | problems

    def _get_response_for_code(self, serializer, status_code, media_types=None, direction="response"):
        response = super()._get_response_for_code(serializer, status_code, media_types, direction)
        if CSV in response.get("content", {}):
            response["content"][CSV] = {"schema": {"type": "string"}}
            self._allow_picked_fields(response["content"]["application/json"]["schema"]["$ref"])
        return response

    def _allow_picked_fields(self, page: str) -> None:
        """`?fields=` leaves rows of a list fewer members than they need otherwise."""
        rows = self.registry[page.rpartition("/")[2], ResolvedComponent.SCHEMA].schema["properties"]["results"]
        if "$ref" in rows["items"]:
            names = [*self.view.get_serializer().fields]
            some = {"type": "object", "maxProperties": len(names) - 1, "propertyNames": {"enum": names}}
            rows["items"] = {"anyOf": [rows["items"], some]}


def with_words_of_the_reader(result, generator, request, public):
    """Postprocessing: the title in the reader's language, for which settings are read too early."""
    result["info"]["title"] = _("API of the programme portal")
    result["info"]["description"] = _(
        "The plan, the money and the half-yearly reports of a state programme. Money is in million tenge."
    )
    return result


def _list_of(values: list[str], name: str, description: str) -> OpenApiParameter:
    """`?name=a,b`."""
    schema = {"type": "array", "items": {"type": "string", "enum": values}}
    return OpenApiParameter(name, schema, description=description, style="form", explode=False)


def _titles(status: int) -> str:
    return " · ".join(str(kind.title) for kind in KINDS.values() if kind.status == status)
