"""Figures of the datasets over two half-years: sums, scope, filters, types."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from analysis.datasets import DATASETS, Selection, dataset_table
from analysis.writing import Kind
from budget.models import BudgetLine
from programme.models import LegalAct
from reports import filing, review
from reports.consolidation.building import consolidate
from reports.duty import owed_activities
from reports.models import Period, Spending

from ..reports.scenes import at, file_report, filed, submission_of, write_all
from .dataset_rows import rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_half_years")]

TYPES = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.MONEY: Decimal,
    Kind.SHARE: Decimal,
    Kind.DATE: datetime.date,
    Kind.MOMENT: datetime.datetime,
    Kind.BOOLEAN: bool,
}


def spend(submission, by, amounts: dict[int, str]) -> None:
    """Amounts by row of the plan, on the body's only line of the year."""
    for owed in owed_activities(submission):
        if owed.activity.ordinal in amounts:
            filing.save_entry(
                submission=submission,
                activity=owed.activity,
                by=by,
                version=owed.entry.version,
                values={},
                spending={line.line.pk: Decimal(amounts[owed.activity.ordinal]) for line in owed.lines},
            )


def spent_and_filed(agency: str, by, period: str, amounts: dict[int, str]):
    submission = submission_of(agency, period)
    write_all(submission, by)
    spend(submission, by, amounts)
    file_report(submission, by)
    submission.refresh_from_db()
    return submission


@pytest.fixture(scope="module")
def two_half_years(django_db_setup, django_db_blocker):
    """Aktobe and Kostanay in two half-years: accepted, filed; and Kostanay's second one is a draft. All tests share it.

    For tests marked `django_db`; the database is as before afterwards.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        akt, kus, coordinator = (
            User.objects.select_related("agency").get(username=name)
            for name in ("reporter.akt", "reporter.kus", "coordinator")
        )
        with at(2009, 1, 5, 9):
            first = spent_and_filed("akimat-akt", akt, "2008-H2", {30: "1.500", 31: "0.250"})
            review.accept(submission=first, by=coordinator)
            filed("akimat-kus", kus, "2008-H2", spent="2.000")
        with at(2009, 7, 6, 12):
            spent_and_filed("akimat-akt", akt, "2009-H1", {30: "0.700"})
            write_all(submission_of("akimat-kus"), kus, spent="9.000")
        yield
        transaction.set_rollback(True)


def test_every_value_has_the_type_of_its_column(user):
    LegalAct.objects.update(date=datetime.date(2009, 2, 1))
    line = BudgetLine.objects.first()
    line.clarifications.create(amount=Decimal(5), act=LegalAct.objects.first(), effective_on="2009-03-01")
    for name, dataset in DATASETS.items():
        found = rows(name, user("analyst"))
        assert found, name
        for column in dataset.fields.values():
            values = {type(row[column.column_name]) for row in found} - {type(None)}
            assert values <= {TYPES[column.kind]}, (name, column.column_name)


def test_django_import_export_exports_the_same(user):
    exported = DATASETS["spending"](user("analyst")).export(force_native_type=True)
    assert exported.headers == list(DATASETS["spending"].fields)
    assert [dict(zip(exported.headers, row, strict=True)) for row in exported] == rows("spending", user("analyst"))


def test_spending_adds_up_over_half_years(user):
    with at(2010, 1, 5, 9):
        spent_and_filed("akimat-akt", user("reporter.akt"), "2009-H2", {30: "0.050"})
    found = rows("spending", user("analyst"), "agency=akimat-akt")
    figures = {
        row["period"]: (row["year"], row["spent"], row["year_to_date"], row["cumulative"])
        for row in found
        if row["activity"] == 30
    }
    assert figures == {
        "2008-H2": (2008, Decimal("1.500"), Decimal("1.500"), Decimal("1.500")),
        "2009-H1": (2009, Decimal("0.700"), Decimal("0.700"), Decimal("2.200")),
        "2009-H2": (2009, Decimal("0.050"), Decimal("0.750"), Decimal("2.250")),
    }


def test_a_filter_by_half_year_or_state_leaves_the_sums_alone(user):
    late = rows("spending", user("analyst"), "period_from=2009-H1&agency=akimat-akt")
    assert {row["period"] for row in late} == {"2009-H1"}
    assert [row["cumulative"] for row in late if row["activity"] == 30] == [Decimal("2.200")]
    submitted = rows("spending", user("analyst"), "state=submitted&agency=akimat-akt")
    assert submitted == late
    early = rows("spending", user("analyst"), "period_to=2008-H2&agency=akimat-akt")
    assert [row["cumulative"] for row in early if row["activity"] == 30] == [Decimal("1.500")]


def test_spending_agrees_with_the_consolidated_report(user):
    review.accept(submission=submission_of("akimat-akt"), by=user("coordinator"))
    review.accept(submission=submission_of("akimat-kus", "2008-H2"), by=user("coordinator"))
    report = consolidate(Period.objects.get(code="2009-H1"))
    found = rows("spending", user("analyst"))
    of_half_year = [row for row in found if row["period"] == "2009-H1"]
    for money in report["money"]:
        of_lines = [row for row in found if (row["source"], row["year"]) == (money["source"], money["year"])]
        assert sum(row["spent"] for row in of_lines) == Decimal(money["spent"])
        now = [row for row in of_half_year if (row["source"], row["year"]) == (money["source"], money["year"])]
        assert sum(row["spent"] for row in now) == Decimal(money["spent_half_year"])
    aktobe = sum(row["spent"] for row in found if row["agency"] == "akimat-akt")
    assert sum(row["cumulative"] for row in of_half_year) == aktobe


def test_lines_of_one_purpose_in_one_half_year_do_not_count_twice(user):
    entry = Spending.objects.get(
        entry__submission__agency__code="akimat-akt", entry__submission__period__code="2009-H1",
        line__activity__ordinal=30,
    ).entry  # fmt: skip
    earlier = BudgetLine.objects.get(activity__ordinal=30, region__code="KZ-AKT", year=2008)
    Spending.objects.create(entry=entry, line=earlier, amount=Decimal("0.100"))
    found = rows("spending", user("analyst"), "agency=akimat-akt&period_from=2009-H1")
    figures = [(row["year"], row["year_to_date"], row["cumulative"]) for row in found if row["activity"] == 30]
    assert figures == [(2008, Decimal("0.100"), None), (2009, Decimal("0.700"), Decimal("2.300"))]


def test_what_is_in_force_is_the_amount_at_the_half_years_end(user):
    line = BudgetLine.objects.get(activity__ordinal=30, region__code="KZ-AKT", year=2009)
    act = LegalAct.objects.first()
    line.clarifications.create(amount=Decimal("3.000"), act=act, effective_on=datetime.date(2009, 3, 1))
    line.clarifications.create(amount=Decimal("4.000"), act=act, effective_on=datetime.date(2009, 7, 1))
    found = rows("spending", user("analyst"), "agency=akimat-akt&period_from=2009-H1")
    assert [(row["planned"], row["in_force"]) for row in found if row["activity"] == 30] == [
        (line.amount, Decimal("3.000"))
    ]
    (clarified,) = [row for row in rows("budget-lines", user("analyst")) if row["clarifications"]]
    assert (clarified["printed"], clarified["in_force"], clarified["clarified"]) == (
        line.amount, Decimal("4.000"), Decimal("4.000"),
    )  # fmt: skip
    assert (clarified["clarified_by"], clarified["clarified_from"]) == (act.number, datetime.date(2009, 7, 1))
    assert clarified["region"] == "KZ-AKT"


def test_drafts_are_seen_by_their_own_agency_alone(user):
    for name in ("entries", "spending", "indicators"):
        for reader in ("analyst", "coordinator", "administrator"):
            found = rows(name, user(reader))
            assert {row["state"] for row in found} <= {"submitted", "accepted"}
        own = rows(name, user("reporter.kus"))
        assert {row["agency"] for row in own} == {"akimat-kus"}
        assert "draft" in {row["state"] for row in own}
    assert not rows("entries", user("reporter.moh"))
    for name in ("timeliness", "events"):
        assert {row["agency"] for row in rows(name, user("reporter.akt"))} == {"akimat-akt"}
    assert sum(row["spent"] for row in rows("spending", user("reporter.kus"))) == sum(
        Spending.objects.filter(entry__submission__agency__code="akimat-kus").values_list("amount", flat=True)
    )


FILTERS = {
    "activities": {
        "section=2": lambda row: row["section"] == 2,
        "funding=local": lambda row: row["funding"] == "local",
    },
    "responsibilities": {
        "agency=moh": lambda row: row["agency"] == "moh",
        "region=KZ-AKT": lambda row: row["region"] == "KZ-AKT",
        "region=none": lambda row: row["region"] is None,
        "role=lead": lambda row: row["role"] == "lead",
        "section=3": lambda row: row["section"] == 3,
    },
    "deadlines": {
        "kind=one_off": lambda row: row["kind"] == "one_off",
        "due_year=2009": lambda row: row["due_on"].year == 2009,
    },
    "budget-lines": {
        "year=2008": lambda row: row["year"] == 2008,
        "year_to=2008": lambda row: row["year"] <= 2008,
        "source=republican": lambda row: row["source"] == "republican",
        "region=KZ-AKT": lambda row: row["region"] == "KZ-AKT",
        "region=none": lambda row: row["region"] is None,
    },
    "entries": {
        "agency=akimat-akt&period_from=2009-H1": lambda row: (
            (row["agency"], row["period"]) == ("akimat-akt", "2009-H1")
        ),
        "period_to=2008-H2": lambda row: row["period"] == "2008-H2",
        "state=accepted": lambda row: row["state"] == "accepted",
        "status=in_progress": lambda row: row["status"] == "in_progress",
        "region=KZ-KUS": lambda row: row["region"] == "KZ-KUS",
        "section=5": lambda row: row["section"] == 5,
        "programme=children-2007-2011": lambda row: row["programme"] == "children-2007-2011",
    },
    "spending": {
        "source=local": lambda row: row["source"] == "local",
        "region=KZ-AKT": lambda row: row["region"] == "KZ-AKT",
        "section=5": lambda row: row["section"] == 5,
    },
    "indicators": {
        "period_from=2009-H1": lambda row: row["period"] == "2009-H1",
        "agency=akimat-kus": lambda row: row["agency"] == "akimat-kus",
        "indicator=childrens-villages-1": lambda row: row["indicator"] == "childrens-villages-1",
        "state=filed": lambda row: row["state"] in ("submitted", "accepted"),
    },
    "timeliness": {
        "state=filed": lambda row: row["state"] in ("submitted", "accepted"),
        "state=accepted": lambda row: row["state"] == "accepted",
        "region=none": lambda row: row["region"] is None,
    },
    "events": {"action=accepted": lambda row: row["action"] == "accepted"},
}


def test_each_filter_leaves_the_rows_that_meet_it(user):
    for name, queries in FILTERS.items():
        everything = rows(name, user("analyst"))
        for query, meets in queries.items():
            left = [row for row in everything if meets(row)]
            assert rows(name, user("analyst"), query) == left, (name, query)
            assert Selection(DATASETS[name], user("analyst"), query).count == len(left), (name, query)


def test_a_file_says_what_it_is(user):
    with translation.override("en"):
        table = dataset_table(DATASETS["spending"], user("analyst"), "agency=akimat-akt&columns=agency&columns=spent")
    about = dict(table.about)
    assert about["Dataset"] == "Spending by budget line"
    assert about["Exported"] == "6 July 2009, 12:00"
    assert about["Exported by"] == "analyst"
    assert about["Filter: Agency"] == "Aktobe oblast"
    assert about["Rows"] == str(len(list(table.rows)))
    assert [(column.name, column.description) for column in table.columns] == [
        ("agency", "Code of the agency."),
        ("spent", "Sums up over all rows."),
    ]


def test_words_are_in_the_language_of_the_asking_whenever_rows_are_read(user):
    with translation.override("kk"):
        table = dataset_table(DATASETS["entries"], user("analyst"), "columns=status_name&columns=agency_name")
    with translation.override("en"):
        assert {row for row in table.rows if "Ақтөбе" in row[0]} == {("Ақтөбе облысының әкімдігі", "орындалуда")}
