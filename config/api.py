"""What all endpoints of the API share: sign-in by token, paging and errors.

`config.settings` names these; the apps do not import them. REST framework loads this module while it
loads its own views, so nothing here may import those at the top.
"""

from django import forms
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, pagination


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token …`. The middleware has not seen this user, so the language is chosen here."""

    def authenticate_credentials(self, key):
        user, token = super().authenticate_credentials(key)
        translation.activate(user.language)
        return user, token


def handle_exception(exc, context):
    """REST framework's own answer, with the language that it is written in."""
    from rest_framework.views import exception_handler

    if isinstance(exc, Http404):  # Django's text names the model, in English only
        exc = exceptions.NotFound()
    response = exception_handler(exc, context)
    if response is not None:
        response.headers["Content-Language"] = translation.get_language()
    return response


class PagingForm(forms.Form):
    page = forms.IntegerField(min_value=1, required=False)
    page_size = forms.IntegerField(min_value=1, required=False)


class PageNumberPagination(pagination.PageNumberPagination):
    """`?page=` and `?page_size=`. A size above the cap counts as the cap; what is no number is an error."""

    page_query_description = _("Page, counted from 1.")
    page_size_query_param = "page_size"
    page_size_query_description = _("Rows per page: 100 unless given, 500 at most.")
    max_page_size = 500
    last_page_strings = ()
    invalid_page_message = _("There is no page {page_number}.")

    def paginate_queryset(self, queryset, request, view=None):
        form = PagingForm(request.query_params)
        if not form.is_valid():
            raise exceptions.ValidationError(form.errors)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer", "description": _("Rows on all pages.")},
            "next": link | {"description": _("The page after this one; null on the last.")},
            "previous": link | {"description": _("The page before this one; null on the first.")},
            "results": schema,
        }
        return {"type": "object", "required": [*properties], "properties": properties}
