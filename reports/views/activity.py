"""One activity of the plan: what is printed, where, with which money, and what was filed about it."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.cells import phrases, printed_cells
from activities.models import Activity
from budget.models import BudgetLine
from programme.models import Finding, Programme

from ..history import filings


@require_safe
def activity(request, slug, ordinal):
    lines = Prefetch("lines", BudgetLine.objects.select_related("region").order_by("ordinal"))
    rows = Activity.objects.for_plan().select_related("programme").prefetch_related(lines)
    found = get_object_or_404(rows, programme__slug=slug, ordinal=ordinal)
    programme = found.programme
    regions = {line.region.code: line.region for line in found.lines.all() if line.region}
    neighbours = {row.ordinal: row for row in programme.activities.filter(ordinal__in=[ordinal - 1, ordinal + 1])}
    context = {
        "section": "plan",
        "breadcrumbs": [(reverse("plan", args=[slug]), _("Plan of activities"))],
        "programme": programme,
        "activity": found,
        "cells": printed_cells(found, programme.plan_headings.all()),
        "phrases": phrases(found),
        "deadlines": [(deadline, deadline.counts_from(programme)) for deadline in found.deadlines.all()],
        "total": sum(line.amount for line in found.lines.all()),
        "findings": _findings_on(found, programme),
        "previous": neighbours.get(ordinal - 1),
        "next": neighbours.get(ordinal + 1),
        "history": filings(found, request.user, regions),
    }
    return render(request, "reports/activity.html", context)


def _findings_on(found: Activity, programme: Programme) -> list[Finding]:
    """Findings on the row or one of its cells. SQLite cannot look into a JSON list, so Python does."""
    row = f"plan.{found.ordinal}"
    return [
        finding
        for finding in programme.findings.all()
        if any(place == row or place.startswith(f"{row}.") for place in finding.places)
    ]
