"""Datasets as pages and files, and the views of them that people save."""

from django.contrib import messages
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programme import calendar

from .. import exporting
from ..datasets import DATASETS, Selection
from ..datasets.forms import SaveViewForm
from ..datasets.preview import shown
from ..models import SavedView
from ..summary.forms import SummaryForm
from ..writing import FORMATS, Kind, stream_csv
from .by_token import with_token_too

FIRST_ROWS = 20
NUMBERS = (Kind.INTEGER, Kind.MONEY, Kind.SHARE)
FORMAT_NAMES = {
    "xlsx": "Excel (XLSX)",
    "csv": "CSV",
    "ods": "LibreOffice (ODS)",
    "json": "JSON",
    "parquet": "Parquet",
}


@require_safe
def dataset_list(request):
    """What can be taken to Excel, the ready-made workbooks, and the reader's own saved views."""
    context = {
        "datasets": DATASETS.values(),
        "saved": [(view, DATASETS[view.dataset]) for view in SavedView.objects.visible_to(request.user)],
        "summaries": SummaryForm() if request.user.reads_everything else None,
    }
    return render(request, "analysis/datasets.html", context)


@require_safe
def dataset_page(request, name):
    """Columns, filters, the first rows, and the ways to take them all away."""
    return _page(request, _selection(request, name, request.GET))


@with_token_too
@require_http_methods(["GET", "HEAD", "POST"])
def dataset(request, name, fmt):
    """One dataset as a file, with the rows that the reader may see; POST has a long one made by a job."""
    return _file(request, _selection(request, name, request.GET), fmt)


@require_safe
def saved_view(request, key):
    """Somebody's choice, with the rows of whoever has the link."""
    view = _saved(key)
    return _page(request, _selection(request, view.dataset, view.query), view=view)


@with_token_too
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_file(request, key, fmt):
    view = _saved(key)
    return _file(request, _selection(request, view.dataset, view.query), fmt, view=view)


@require_POST
def save_view(request):
    """A view of the same name is replaced, and keeps its link."""
    selection = _selection(request, request.POST.get("dataset", ""), request.POST.get("query", ""))
    form = SaveViewForm(request.POST)
    if not (form.is_valid() and selection.is_valid):
        return _page(request, selection, save_form=form, status=422)
    said = {"dataset": selection.kind.name, "query": selection.query, "created_at": calendar.now()}
    view, is_new = SavedView.objects.update_or_create(by=request.user, name=form.cleaned_data["name"], defaults=said)
    text = _("Saved as “%(name)s”.") if is_new else _("Your view “%(name)s” was replaced; its link stays the same.")
    messages.success(request, text % {"name": view.name})
    return redirect("saved-view", view.key)


@require_POST
def delete_view(request, key):
    view = get_object_or_404(SavedView.objects.visible_to(request.user), key=key)
    view.delete()
    messages.success(request, _("The saved view “%(name)s” was deleted.") % {"name": view.name})
    return redirect("datasets")


def _saved(key) -> SavedView:
    """The link is the key: who was given it may follow it, and sees no row that he may not see anyway."""
    return get_object_or_404(SavedView.objects.select_related("by"), key=key)


def _selection(request, name: str, query) -> Selection:
    if name not in DATASETS:
        raise Http404
    return Selection(DATASETS[name], request.user, query)


def _page(request, selection: Selection, *, view=None, save_form=None, refused="", status=200):
    columns = _column_choices(selection)
    context = {
        "section": "datasets",
        "selection": selection,
        "dataset": selection.kind,
        "form": selection.form,
        "view": view,
        "save_form": save_form or SaveViewForm(initial={"name": view.name if view else ""}),
        "refused": refused,
        "most": exporting.AT_ONCE,
        "columns": columns,
        "chosen_columns": sum(choice["is_chosen"] for choice in columns),
        "breadcrumbs": [(reverse("datasets"), _("Datasets"))],
    }
    if selection.is_valid:
        context |= {
            "headings": _headings(selection),
            "rows": [_cells(selection, row) for row in selection.first(FIRST_ROWS)],
            "files": _files(selection, view),
            "is_narrowed": bool(selection.query),
        }
    return render(request, "analysis/dataset.html", context, status=status)


def _headings(selection: Selection) -> list[tuple[str, bool]]:
    named = selection.form.is_named
    return [(column.column_name if named else column.heading, column.kind in NUMBERS) for column in selection.columns]


def _cells(selection: Selection, row: tuple) -> list[tuple[str, bool]]:
    return [
        (shown(value, column.kind), column.kind in NUMBERS)
        for column, value in zip(selection.columns, row, strict=True)
    ]


def _column_choices(selection: Selection) -> list[dict]:
    """None ticked means all of them, so all are shown as ticked."""
    fields = selection.kind.fields
    chosen = {*selection.form.data.getlist("columns")} & fields.keys() or fields.keys()
    return [{"name": name, "column": column, "is_chosen": name in chosen} for name, column in fields.items()]


def _files(selection: Selection, view: SavedView | None) -> list[dict]:
    found = []
    for extension in FORMATS:
        if view:
            url = reverse("saved-view-file", args=[view.key, extension])
        else:
            url = reverse("dataset", args=[selection.kind.name, extension])
            url += f"?{selection.query}" if selection.query else ""
        found.append({"name": FORMAT_NAMES[extension], "url": url, "is_long": _is_long(selection, extension)})
    return found


def _is_long(selection: Selection, extension: str) -> bool:
    return extension != "csv" and selection.count > exporting.AT_ONCE


def _file(request, selection: Selection, extension: str, view=None):
    if extension not in FORMATS:
        raise Http404
    if not selection.is_valid:
        return _page(request, selection, view=view, status=400)
    if request.method == "POST":
        return redirect("job", exporting.put_in_line(selection, extension).pk)
    if _is_long(selection, extension):
        return _page(request, selection, view=view, refused=FORMAT_NAMES[extension], status=422)
    name, content_type = selection.file_name(extension), FORMATS[extension].content_type
    if extension == "csv":
        response = StreamingHttpResponse(stream_csv(selection.table(about=False)), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = exporting.write_at_once(selection, extension)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
