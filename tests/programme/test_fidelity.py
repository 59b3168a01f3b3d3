"""What the portal shows as the decree's words stands in the source where it says, and nothing is lost.

Compared without white space and dashes: line-break hyphens and spaced-out letters are all that was mended.
"""

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.apps import apps

from activities.models import Activity, Heading, Section
from budget.models import BudgetLine, PrintedNote, PrintedTotal
from programme.models import BaselineValue, Sourced, SourceText, parse_spans

pytestmark = pytest.mark.django_db

DASHES = "-‐‑‒–—\u00ad"
SOURCED = [model for model in apps.get_models() if issubclass(model, Sourced)]
# Parsed numbers: their spans point at the place, the digits there are the number's.
POINTERS = {
    "BudgetLine": {"amount"},
    "PrintedTotal": {"amount"},
    "Financing": {"amount", "passport_amount"},
    "ResultTarget": {"value", "passport_value"},
}
# Numbers that the source spells out.
IN_WORDS = {1: "бір", 2: "екі", 3: "үш", 4: "төрт", 5: "бес", 6: "алты"}
LAST_LINE_OF_PLAN = "Аббревиатуралардың толық жазылуы"
FIRST_LINE_OF_PLAN = 1063


def solid(text: str) -> str:
    return "".join(character for character in text if not character.isspace() and character not in DASHES)


@pytest.fixture
def lines() -> list[str]:
    return SourceText.objects.get().lines


def text_of(spans: str, lines: list[str]) -> str:
    return "\n".join(line[part] for first, last, part in parse_spans(spans) for line in lines[first - 1 : last])


def verbatim(row: Sourced, field: str) -> str:
    return str(getattr(row, f"{field}_kk" if hasattr(row, f"{field}_kk") else field))


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_verbatim_fields_equal_their_spans(model, lines):
    pointers = POINTERS.get(model.__name__, set())
    differing = [
        (str(row.pk), row.place, field)
        for row in model.objects.all()
        for field, spans in row.spans.items()
        if field not in pointers and solid(text_of(spans, lines)) != solid(verbatim(row, field))
    ]
    assert differing == []


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_every_record_names_lines_that_exist(model, lines):
    rows = list(model.objects.all())
    assert rows
    for row in rows:
        first, last = row.source_lines
        assert 1 <= first <= last <= len(lines), row.place


@pytest.mark.parametrize("model", [model for model in SOURCED if model.__name__ in POINTERS], ids=lambda m: m.__name__)
def test_numbers_occur_in_their_spans(model, lines):
    missing = [
        (row.place, field, getattr(row, field), text_of(row.spans[field], lines))
        for row in model.objects.all()
        for field in POINTERS[model.__name__] & set(row.spans)
        if not says(text_of(row.spans[field], lines), getattr(row, field))
    ]
    assert missing == []


def test_statistics_are_the_printed_figures():
    for value in BaselineValue.objects.all():
        assert value.value == Decimal(solid(value.printed).replace(",", ".")), value.printed


def test_budget_lines_name_their_year(lines):
    for line in BudgetLine.objects.all():
        assert str(line.year) in solid(text_of(line.spans["amount"], lines)), line


def says(text: str, number) -> bool:
    """The text holds the number in figures, with a decimal comma, or in words."""
    figures = re.sub(r"[^\d,]", " ", re.sub(r"\s*([\d,])\s*", r"\1", text)).split()
    printed = {figure.strip(",").rstrip("0").rstrip(",") if "," in figure else figure for figure in figures}
    wanted = f"{number.normalize():f}".replace(".", ",")
    return wanted in printed or IN_WORDS.get(number, "\0") in text.casefold()


def test_the_plan_table_is_claimed_once_and_wholly(lines):
    """Every character of the table belongs to exactly one cell, heading, total or note."""
    end = next(number for number, line in enumerate(lines, 1) if LAST_LINE_OF_PLAN in line)
    claimed = Counter()
    for model in (Heading, Section, Activity, PrintedTotal, PrintedNote):
        for row in model.objects.all():
            for spans in row.spans.values():
                for first, last, part in parse_spans(spans):
                    for number in range(first, last + 1):
                        claimed.update((number, column) for column in range(*part.indices(len(lines[number - 1]))))
    printed = {
        (number, column)
        for number in range(FIRST_LINE_OF_PLAN, end)
        for column, character in enumerate(lines[number - 1])
        if not character.isspace()
    }
    assert sorted(printed - set(claimed)) == []
    assert sorted(cell for cell in printed if claimed[cell] > 1) == []
    assert {number for number, _column in claimed} <= set(range(FIRST_LINE_OF_PLAN, end))


@pytest.mark.parametrize("number", ["306.955", "16.7", "3", "0.061"])
def test_says_finds_figures_and_words_only(number):
    texts = {
        "306.955": "- 3 0 6,955 \nмлн",
        "16.7": "саны 16,7 %-ға",
        "3": "үш облыста",
        "0.061": "2009 жыл - 0,061",
    }
    assert says(texts[number], Decimal(number))
    assert not says(texts[number].replace("6", "8").replace("үш", "алты"), Decimal(number))


def test_the_plan_has_43_rows_of_which_34_are_numbered():
    rows = Activity.objects.values_list("ordinal", "printed_number")
    assert [ordinal for ordinal, _printed in rows] == list(range(1, 44))
    assert sum(printed is not None for _ordinal, printed in rows) == 34
    assert [ordinal for ordinal, printed in rows if printed is None] == [20, 30, 35, 38, 39, 40, 41, 42, 43]
