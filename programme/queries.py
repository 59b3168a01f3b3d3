"""Reads composed for the reading pages: a fixed number of queries whatever the size of the programme."""

from django.db.models import F, Prefetch, QuerySet

from .models import BaselineTable, Direction, ExpectedResult, LegalAct, Measure, Programme


def programmes_for_passport() -> QuerySet[Programme]:
    """Programmes with everything that the passport page shows: 15 queries for one."""
    return Programme.objects.select_related("lead_agency").prefetch_related(
        Prefetch("legal_acts", LegalAct.objects.order_by(F("date").asc(nulls_first=True), "number")),
        "clauses",
        "passport_rows",
        "reporting_rules",
        "stages",
        "tasks",
        *_structure(),
        "expected_results__targets",
        "financing",
        "abbreviations",
    )


def programmes_for_text() -> QuerySet[Programme]:
    """Programmes with all that belongs to the running text: 8 queries for one."""
    return Programme.objects.prefetch_related("paragraphs", "tasks", *_structure())


def _structure() -> list:
    return [
        Prefetch(
            "directions",
            Direction.objects.prefetch_related(Prefetch("measures", Measure.objects.select_related("stage"))),
        ),
        Prefetch("expected_results", ExpectedResult.objects.select_related("stage")),
        Prefetch("baseline_tables", BaselineTable.objects.prefetch_related("values")),
    ]
