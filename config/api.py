"""What all endpoints of the API share: in which form they answer, how often they may be asked, and paging.

`config.settings` names these; the apps do not import them. REST framework loads this module while it
loads its own views, so nothing here may import those at the top.
"""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, negotiation, pagination, permissions, throttling


class Negotiation(negotiation.DefaultContentNegotiation):
    """`?format=` decides, whatever `Accept` says: a spreadsheet program sends headers of its own."""

    def select_renderer(self, request, renderers, format_suffix=None):
        wanted = request.query_params.get("format")
        if not wanted:
            return super().select_renderer(request, renderers, format_suffix)
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        raise exceptions.ValidationError({"format": [_("“%(value)s” is not known.") % {"value": wanted}]})


class ReadThrottle(throttling.UserRateThrottle):
    """So many requests from each token, or from each person who is signed in without one."""

    scope = "reads"
    methods = permissions.SAFE_METHODS

    def allow_request(self, request, view):
        return request.method not in self.methods or super().allow_request(request, view)

    def get_cache_key(self, request, view):
        who = f"token-{request.auth.pk}" if request.auth else f"user-{request.user.pk}"
        return self.cache_format % {"scope": self.scope, "ident": who}


class WriteThrottle(ReadThrottle):
    scope = "writes"
    methods = ("POST", "PUT", "PATCH", "DELETE")


class PagingForm(forms.Form):
    page = forms.IntegerField(min_value=1, required=False)
    page_size = forms.IntegerField(min_value=1, required=False)


class PageNumberPagination(pagination.PageNumberPagination):
    """`?page=` and `?page_size=`. A size above the cap counts as the cap; what is no number is an error."""

    page_query_description = gettext_lazy("Page, counted from 1.")
    page_size_query_param = "page_size"
    page_size_query_description = gettext_lazy("Rows per page: 100 unless given, 500 at most.")
    max_page_size = 500
    last_page_strings = ()
    invalid_page_message = gettext_lazy("There is no page {page_number}.")

    def paginate_queryset(self, queryset, request, view=None):
        form = PagingForm(request.query_params)
        if not form.is_valid():
            raise exceptions.ValidationError(form.errors)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer", "description": gettext_lazy("Rows on all pages.")},
            "next": link | {"description": gettext_lazy("The page after this one; null on the last.")},
            "previous": link | {"description": gettext_lazy("The page before this one; null on the first.")},
            "results": schema,
        }
        return {"type": "object", "required": [*properties], "properties": properties}
