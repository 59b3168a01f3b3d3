"""The programme as the decree prints it: passport, running text, source text, findings."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .forms import FindingsForm, SourceForm
from .models import Programme, SourceText
from .queries import programmes_for_passport, programmes_for_text
from .running_text import running_text
from .tabulation import financing_rows, statistics

LINES_PER_PAGE = 300
LINES_BEFORE = 20


@require_safe
def passport(request, slug):
    programme = get_object_or_404(programmes_for_passport(), slug=slug)
    context = {
        "programme": programme,
        "financing": financing_rows(programme),
        "financing_lines": [amount.spans["amount"] for amount in programme.financing.all()],
        "statistics": [statistics(table) for table in programme.baseline_tables.all()],
    }
    return render(request, "programme/passport.html", context)


@require_safe
def text(request, slug):
    programme = get_object_or_404(programmes_for_text(), slug=slug)
    context = {"section": "passport", "programme": programme, "blocks": running_text(programme)}
    return render(request, "programme/text.html", context)


@require_safe
def source(request, slug):
    """The source text, line by line. `?from=` starts at a line, `?lines=` highlights lines and shows them."""
    source_text = get_object_or_404(SourceText.objects.select_related("programme"), programme__slug=slug)
    lines = source_text.lines
    form = SourceForm(request.GET, last_line=len(lines))
    chosen = form.cleaned_data if form.is_valid() else {}
    marked = chosen.get("lines")
    first = chosen.get("from") or (max(1, marked.first - LINES_BEFORE) if marked else 1)
    shown = lines[first - 1 : first - 1 + LINES_PER_PAGE]
    context = {
        "section": "passport",
        "programme": source_text.programme,
        "source": source_text,
        "form": form,
        "marked": marked,
        "lines": [(number, line, bool(marked) and number in marked) for number, line in enumerate(shown, first)],
        "first": first,
        "last": first + len(shown) - 1,
        "total": len(lines),
        "previous": max(1, first - LINES_PER_PAGE) if first > 1 else None,
        "next": first + LINES_PER_PAGE if first + LINES_PER_PAGE <= len(lines) else None,
    }
    return render(request, "programme/source.html", context)


@require_safe
def findings(request, slug):
    programme = get_object_or_404(Programme, slug=slug)
    every = list(programme.findings.all())
    form = FindingsForm(request.GET, findings=every)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    context = {
        "programme": programme,
        "form": form,
        "findings": [finding for finding in every if kind in ("", finding.kind)],
        "total": len(every),
    }
    return render(request, "programme/findings.html", context)
