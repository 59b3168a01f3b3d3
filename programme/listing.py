"""Lists of the API: filtered, ordered, with the fields that are asked for, page by page or whole as CSV."""

from django.db.models import F, QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, filters, mixins, renderers, serializers, viewsets

from .flat import stream_csv


class Ordering(filters.BaseFilterBackend):
    """`?ordering=-due_on,agency`: by what the view declares; the list's own order decides between equals."""

    def filter_queryset(self, request, queryset, view):
        names = _names(request, "ordering") if view.action == "list" else []
        _refuse_unknown("ordering", [name.removeprefix("-") for name in names], view.ordering_fields)
        terms = {}
        for name in names:
            # Nothing comes last in every database.
            column = F(view.ordering_fields[name.removeprefix("-")])
            descending = name.startswith("-")
            term = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
            terms.setdefault(name.removeprefix("-"), term)
        return queryset.order_by(*terms.values(), *queryset.query.order_by) if terms else queryset


class CsvRenderer(renderers.BaseRenderer):
    """For the choice of the format alone: the list writes its rows itself."""

    media_type = "text/csv"
    format = "csv"


class ListViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """A read-only list. The queryset gives a complete order and loads all that a page needs.

    `ordering_fields`: the fields that it can be ordered by, with the column that each stands for. Numbers, dates and
    codes only: databases differ in how they sort words.
    """

    filter_backends = [DjangoFilterBackend, Ordering]
    renderer_classes = [renderers.JSONRenderer, CsvRenderer]
    ordering_fields: dict[str, str] = {}

    def get_renderers(self):
        return [found for found in super().get_renderers() if self.action == "list" or found.format != "csv"]

    def get_rows(self) -> QuerySet | list:
        """All that the filters leave."""
        return self.filter_queryset(self.get_queryset())

    def list(self, request, *args, **kwargs):
        rows = self.get_rows()
        if request.accepted_renderer.format == CsvRenderer.format:
            return self._csv(rows)
        serializer = self.get_serializer(self.paginate_queryset(rows), many=True)
        pick_fields(serializer.child, request)
        return self.get_paginated_response(serializer.data)

    def _csv(self, rows) -> StreamingHttpResponse:
        serializer = self.get_serializer()
        pick_fields(serializer, self.request)
        name = self.basename.removeprefix("api-")
        return StreamingHttpResponse(
            stream_csv(serializer, rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )


def pick_fields(serializer: serializers.Serializer, request) -> None:
    """Leave the fields that `?fields=` names, in its order; all of them if it names none."""
    names = _names(request, "fields")
    _refuse_unknown("fields", names, serializer.fields)
    if names:
        found = serializer.fields.fields
        serializer.fields.fields = {name: found[name] for name in names}


def _names(request, parameter: str) -> list[str]:
    return [name for part in request.query_params.get(parameter, "").split(",") if (name := part.strip())]


def _refuse_unknown(parameter: str, names: list[str], known) -> None:
    unknown = dict.fromkeys(name for name in names if name not in known)
    if unknown:
        messages = [_("“%(value)s” is not known.") % {"value": name} for name in unknown]
        raise exceptions.ValidationError({parameter: messages})
