"""Pictures of the consolidated report say the same as the tables beside them."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from programme.money import format_money
from reports import review
from reports.consolidation.building import consolidate
from reports.consolidation.structure import Rollup
from reports.documents import pictures, tables
from reports.documents.wording import Wording
from reports.models import Period

from .scenes import at, filed

LANGUAGES = ["kk", "ru", "en"]


@pytest.fixture
def report(programme, user):
    """Aktobe filed on time and was accepted, Kostanay filed late, nobody else did."""
    with at(2009, 7, 10, 12):
        accepted = filed("akimat-akt", user("reporter.akt"), spent="2.500")
        review.accept(submission=accepted, by=user("coordinator"))
    with at(2009, 7, 13, 12):
        filed("akimat-kus", user("reporter.kus"))
        return consolidate(Period.objects.select_related("programme__lead_agency").get(code="2009-H1"))


@pytest.fixture(params=LANGUAGES)
def words(request, report):
    with translation.override(request.param):
        yield Wording(report, request.param)


def written(picture) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)


def test_bars_of_states_have_the_counts_of_the_table(report, words):
    cells = [cell.text for row in tables.states(report, words).rows if not row.is_total for cell in row.cells]
    # A long label is broken into lines.
    assert " ".join(written(pictures.states(report, words))) == " ".join(cells)
    assert pictures.states(report, words).title == tables.states(report, words).caption


def test_bars_of_money_have_the_amounts_of_the_table(report, words):
    rows = [row.cells for row in tables.money(report, words).rows if not row.is_total]
    wanted = [amount for cells in rows for amount in (cells[2].text, cells[4].text)]
    amounts = [text for text in written(pictures.money(report, words)) if re.fullmatch(r"[\d\s.,]+[.,]\d{3}", text)]
    assert amounts == wanted
    spent = next(Decimal(row["spent"]) for row in report["money"] if row["source"] == "local" and row["year"] == 2009)
    assert spent > 0
    assert format_money(spent) in amounts


def test_bodies_are_counted_by_the_time_of_filing(report, words):
    picture = pictures.timeliness(report, words)
    counts = [int(count) for count in re.findall(r": (\d+)", picture.description)]
    assert counts == [1, 1, len(report["filings"]) - 2]
    assert [int(text.split(": ")[1]) for text in written(picture)[:3]] == counts


def test_the_map_has_the_percentages_of_the_table(report, words):
    rows = [row.cells for row in tables.regions(report, words).rows if not row.is_total]
    wanted = {cells[-1].text for cells in rows if cells[-1].value is not None}
    values = {text.partition(" · ")[2] for text in written(pictures.regions(report, words)) if " · " in text}
    assert values == wanted
    assert len(wanted) > 1


def test_the_map_says_which_regions_are_in_which_class(report, words):
    description = pictures.regions(report, words).description
    assert all(description.count(words.text(row["name"])) == 1 for row in report["regions"])


def test_all_descriptions_are_sentences(report, words):
    drawn = [draw(report, words) for draw in (pictures.states, pictures.money, pictures.timeliness, pictures.regions)]
    assert len({picture.name for picture in drawn}) == 4
    assert all(picture.title and picture.description.endswith(".") for picture in drawn)


def test_there_is_no_map_of_other_regions_and_no_chart_of_nothing(report, words):
    report["regions"][0]["region"] = "KZ-ABA"
    report |= {"money": [], "filings": []}
    assert pictures.regions(report, words) is None
    assert pictures.money(report, words) is None
    assert pictures.timeliness(report, words) is None


def test_more_than_planned_is_in_the_highest_class(report, words):
    report["regions"][0] |= {"planned": "1.000", "spent": "1.500"}
    value = tables.Sums(Decimal(1), Decimal(0), Decimal("1.5")).percent
    assert value == 150
    assert any(text.startswith("V · 150") for text in written(pictures.regions(report, words)))


def test_each_state_has_its_own_look_where_something_is_reported():
    reported = [Rollup.DONE, Rollup.IN_PROGRESS, Rollup.DELAYED, Rollup.NOT_DUE, Rollup.NO_INFORMATION]
    assert len({pictures.LOOKS[state] for state in reported}) == len(reported)
    assert set(pictures.LOOKS) == set(Rollup)
