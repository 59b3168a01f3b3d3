"""What all operations of the OpenAPI schema have in common."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer):
    detail = serializers.CharField(read_only=True, help_text=_("What went wrong, in the user's language."))


ERRORS_BY_PARAMETER = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "example": {"period": ["“2009-H9” is not known."]},
}


class PortalSchema(AutoSchema):
    """Adds to every operation the errors that it can answer with."""

    def get_description(self):
        return ""  # docstrings are for those who read the code

    def get_response_serializers(self):
        success = super().get_response_serializers()
        errors = {401: OpenApiResponse(ErrorSerializer, _("Not signed in, or a wrong token."))}
        if self._is_list_view(success):
            errors[400] = OpenApiResponse(ERRORS_BY_PARAMETER, _("Wrong parameters: messages by parameter."))
            errors[404] = OpenApiResponse(ErrorSerializer, _("There is no such page."))
        else:
            errors[404] = OpenApiResponse(ErrorSerializer, _("Does not exist, or is not yours to see."))
        return {200: success} | errors
