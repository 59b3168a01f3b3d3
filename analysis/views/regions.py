"""The map of regions, and the page of each."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from programme.models import Programme, Region

from ..exhibits import page_or_file
from ..figures.classes import middle
from ..figures.region_forms import MapForm, RegionForm
from ..figures.regions import RegionFigures, region_figures
from ..showing.region import exhibits, load
from ..showing.region_map import in_words, map_exhibit


@require_safe
def region_map(request, slug):
    """One measure at the end of one half-year, for everybody."""
    programme = get_object_or_404(Programme, slug=slug)
    form = MapForm(request.GET, programme=programme)
    context = {"programme": programme, "form": form, "section": "map"}
    if form.until is None:
        return render(request, "analysis/map.html", context)
    figures = region_figures(programme, form.until)
    measure = form.offer(figures)
    values = [figures.values[region.code][measure.code] for region in figures.regions]
    known = [value for value in values if value is not None]
    context |= {
        "figures": figures,
        "measure": measure,
        "country": in_words(figures.country[measure.code], measure),
        "median": in_words(middle(known), measure),
        "known": len(known),
    }
    return page_or_file(request, "analysis/map.html", context, [map_exhibit(figures, measure, request.user)])


@require_safe
def region(request, slug, code):
    """How it stands is for everybody; what its akimat filed is for those who may read it."""
    programme = get_object_or_404(Programme, slug=slug)
    form = RegionForm(request.GET, programme=programme)
    figures = region_figures(programme, form.until) if form.until else None
    found = next((one for one in figures.regions if one.code == code), None) if figures else None
    context = {
        "programme": programme,
        "form": form,
        "section": "map",
        "breadcrumbs": [(reverse("map", args=[slug]), _("Map of the regions"))],
    }
    if found is None:
        # The plan of this programme does not name it.
        return render(request, "analysis/region.html", context | {"region": get_object_or_404(Region, code=code)})
    one = load(figures, found, request.user)
    context |= {
        "region": found,
        "until": form.until,
        "one": one,
        "agencies": list(dict.fromkeys(responsibility.agency for responsibility in one.responsibilities)),
    }
    return page_or_file(request, "analysis/region.html", context | _neighbours(figures, found), exhibits(one))


def _neighbours(figures: RegionFigures, region: Region) -> dict:
    """In official order."""
    place = figures.regions.index(region)
    return {
        "previous": figures.regions[place - 1] if place else None,
        "next": figures.regions[place + 1] if place + 1 < len(figures.regions) else None,
    }
