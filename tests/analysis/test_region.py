"""The page of a region: how it stands is for everybody, what its akimat filed for those who may read it."""

import io

import openpyxl
import pytest

from programme.models import Programme, Region

from ..reports.scenes import accepted, at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db

AKT = "/programmes/children-2007-2011/regions/KZ-AKT/"
KUS = "/programmes/children-2007-2011/regions/KZ-KUS/"
CLOSED = "What the akimat filed is read by its own people"


@pytest.fixture
def both_filed(user):
    """Aktobe was accepted for 2008-H2 and filed 2009-H1; Kostanay filed 2009-H1."""
    with at(2009, 1, 8, 9):
        accepted("akimat-akt", user, "2008-H2", spent="1.250")
    with at(2009, 7, 3, 9):
        filed("akimat-akt", user("reporter.akt"), spent="2.125", status="done")
        filed("akimat-kus", user("reporter.kus"), spent="0.375")


def texts(response, name: str) -> list[list[str]]:
    return [[cell.text for cell in cells] for cells, _is_total in response.context["exhibits"][name].rows]


def test_the_page_says_who_answers_and_leads_to_the_neighbours(browse):
    content = browse("analyst").get(AKT).content.decode()
    assert "Akimat of Aktobe oblast" in content
    assert '<a rel="prev" href="/programmes/children-2007-2011/regions/KZ-AKM/?period=2009-H1">' in content
    assert '<a rel="next" href="/programmes/children-2007-2011/regions/KZ-ALM/?period=2009-H1">' in content


def test_the_first_and_the_last_region_have_one_neighbour(browse):
    browser = browse("analyst")
    assert 'rel="prev"' not in browser.get(AKT.replace("AKT", "AKM")).content.decode()
    assert 'rel="next"' not in browser.get(AKT.replace("AKT", "ALA")).content.decode()


@pytest.mark.parametrize("username", ["coordinator", "analyst", "leader", "reporter.akt", "signatory.akt", "akim.akt"])
def test_its_own_people_and_readers_of_everything_see_what_was_filed(browse, both_filed, username):
    response = browse(username).get(AKT)
    content = response.content.decode()
    assert CLOSED not in content
    activities = texts(response, "region_activities")
    assert len(activities) == 17
    # Row, title; three half-years in which nothing was filed but one, and the latest.
    assert activities[0][2:] == ["", "", "In progress", "Done"]
    assert f"/submissions/{submission_of('akimat-akt').pk}/" in content
    assert [row[-3:] for row in texts(response, "region_money")] == [
        ["57.591", "3.750", "6.51%"],
        ["761.087", "8.500", "1.12%"],
    ]
    assert ["14", "2.125"] in [[row[0], row[5]] for row in texts(response, "region_lines")]


@pytest.mark.parametrize("username", ["reporter.kus", "reporter.moes", "reporter.moh"])
def test_people_of_other_bodies_see_the_plan_and_how_it_stands_and_why_no_more(browse, both_filed, username):
    response = browse(username).get(AKT)
    content = response.content.decode()
    assert CLOSED in content
    for hidden in ("In progress", "2.125", "submitted", f"/submissions/{submission_of('akimat-akt').pk}/"):
        assert hidden not in content
    assert "/datasets/spending/" not in content
    # What the decree prints, and the measures.
    assert ["761.087", "761.087"] in [row[-2:] for row in texts(response, "region_money")]
    assert texts(response, "region_activities")[0][2:] == ["local budgets"]
    assert texts(response, "region_amounts")[1][:2] == ["Spent in the year so far", "8.500"]
    assert [row[1] for row in texts(response, "region_filings")][:2] == ["filed on time", "filed on time"]


def test_a_draft_shows_nowhere_not_even_to_its_writer(browse, user):
    write_all(submission_of("akimat-akt"), user("reporter.akt"), spent="3.333")
    response = browse("reporter.akt").get(AKT)
    assert "3.333" not in response.content.decode()
    assert all(row[2:] == ["", "", "", ""] for row in texts(response, "region_activities"))


def test_what_was_accepted_as_done_stays_done(browse, user):
    with at(2009, 1, 8, 9):
        accepted("akimat-akt", user, "2008-H2", status="done")
    activities = texts(browse("analyst").get(AKT), "region_activities")
    assert {tuple(row[2:]) for row in activities} == {("", "", "Done", "Done")}


def test_the_half_year_can_be_chosen(browse, both_filed):
    response = browse("analyst").get(AKT, {"period": "2008-H2"})
    assert texts(response, "region_activities")[0][2:] == ["", "", "In progress"]
    assert texts(response, "region_money")[1][-2:] == ["", ""]


def test_a_half_year_that_is_not_known_is_named(browse):
    response = browse("analyst").get(AKT, {"period": "1999-H1"})
    assert response.status_code == 200
    assert "“1999-H1” is not a half-year that has been reported on." in response.content.decode()


def test_the_region_stands_beside_the_median_and_the_country(browse, both_filed):
    shares = texts(browse("analyst").get(AKT), "region_shares")
    # Measure, Aktobe, median, country, rank, regions with data: of 48 reports that were due, one came in time.
    assert shares[0] == ["Reports filed on time", "33.33%", "0.00%", "2.08%", "1", "16"]
    assert shares[1] == ["Full answers in the report", "100.00%", "100.00%", "12.59%", "1", "2"]


def test_measures_lead_to_the_map_and_amounts_to_the_budget(browse):
    content = browse("analyst").get(AKT).content.decode()
    assert "/programmes/children-2007-2011/map/?measure=on_time&amp;period=2009-H1" in content
    assert "/programmes/children-2007-2011/budget/?region=KZ-AKT&amp;year=2009" in content
    assert "/programmes/children-2007-2011/plan/14/" in content


def test_a_file_says_which_region_and_which_half_year_it_is_about(browse, both_filed):
    response = browse("analyst").get(AKT, {"file": "region-lines.xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    said = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "Aktobe oblast, first half of 2009: Lines of the plan: local budgets" in said


def test_a_region_without_money_says_so(browse):
    response = browse("analyst").get(AKT.replace("AKT", "YUZ"))
    assert "The plan prints no amount for this region." in response.content.decode()
    assert "region_money" not in response.context["exhibits"]


def test_an_unknown_code_is_not_found(browse):
    assert browse("analyst").get(AKT.replace("AKT", "XXX")).status_code == 404


def test_a_region_that_the_plan_does_not_name_has_an_empty_page(browse, programme):
    Region.objects.create(code="KZ-ABY", ordinal=99, kind="oblast", name="Абай облысы", short_name="Абай")
    response = browse("analyst").get(AKT.replace("AKT", "ABY"))
    assert response.status_code == 200
    assert "This programme has no plan for the region" in response.content.decode()


def test_a_programme_without_half_years_has_no_figures_of_a_region(browse, programme):
    Programme.objects.create(
        slug="other", title="Басқа", short_title="Басқа", lead_agency=programme.lead_agency, goal="Мақсат",
        first_year=2026, last_year=2030, plan_first_year=2026, plan_last_year=2028, time_zone=programme.time_zone,
        adopted_on="2026-01-01",
    )  # fmt: skip
    response = browse("analyst").get(AKT.replace("children-2007-2011", "other"))
    assert "This programme has no plan for the region" in response.content.decode()


@pytest.mark.parametrize(("username", "count"), [("coordinator", 14), ("akim.akt", 14), ("reporter.kus", 13)])
def test_the_page_costs_a_fixed_number_of_queries(browse, user, django_assert_num_queries, username, count):
    browser = browse(username)
    for body in ("akt", "kus"):
        filed(f"akimat-{body}", user(f"reporter.{body}"))
        with django_assert_num_queries(count):
            browser.get(AKT)
