"""The plan's money: what is planned where, and whether it adds up."""

from itertools import groupby

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programme.models import Programme, Region

from .forms import BudgetForm
from .models import BudgetLine
from .reconciliation import check_financing, reconcile
from .tabulation import by_activity, by_region


@require_safe
def budget(request, slug):
    programme = get_object_or_404(Programme, slug=slug)
    form = BudgetForm(request.GET, years=programme.plan_years, regions=Region.objects.all())
    lookups = form.lookups
    lines = list(BudgetLine.objects.filter(activity__programme=programme, **lookups).for_tables())
    context = {
        "programme": programme,
        "form": form,
        "lines": lines,
        "years": [lookups["year"]] if "year" in lookups else programme.plan_years,
        "table": by_activity(lines),
        "regions": by_region(lines),
        "is_filtered": bool(lookups),
    }
    return render(request, "budget/budget.html", context)


@require_safe
def reconciliation(request, slug):
    programme = get_object_or_404(Programme, slug=slug)
    reconciled = reconcile(programme)
    context = {
        "programme": programme,
        "sources": [list(group) for _source, group in groupby(reconciled, key=lambda item: item.source)],
        "agreeing": sum(item.agrees for item in reconciled),
        "differing": sum(bool(item.difference) for item in reconciled),
        "unprinted": sum(item.printed_total is None for item in reconciled),
        "financing": check_financing(programme),
    }
    return render(request, "budget/reconciliation.html", context)
