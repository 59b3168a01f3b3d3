import pytest


@pytest.fixture
def plan(browse):
    """The rows of the plan by number."""
    answer = browse("analyst").get("/api/v1/activities/?page_size=500").json()
    assert answer["count"] == 43
    return {row["number"]: row for row in answer["results"]}


@pytest.fixture
def reconciliation(browse):
    answer = browse("analyst").get("/api/v1/reconciliation/?page_size=500").json()
    return {(row["source"], row["year"]): row for row in answer["results"]}


def test_plan_has_43_rows_nine_of_them_without_a_printed_number(plan):
    assert list(plan) == list(range(1, 44))
    unnumbered = [number for number, row in plan.items() if row["printed_number"] is None]
    assert unnumbered == [20, 30, 35, 38, 39, 40, 41, 42, 43]


def test_row_14_says_what_the_decree_prints(plan):
    row = plan[14]

    assert row["programme"] == "children-2007-2011"
    assert row["printed_number"] == 14
    assert row["section"] == 3
    assert row["title"] == {
        "kk": "Арнайы түзету білім беру ұйымдарын ашу (қайта жаңарту)",
        "ru": "Открытие (реконструкция) специальных коррекционных организаций образования",
        "en": "Opening (reconstruction) of special correctional educational organisations",
    }
    assert row["completion_form"]["kk"] == "БҒМ-ге ақпарат"
    assert row["responsible_text"] == "Облыс әкімдіктері"
    assert row["deadline_text"] == "2009 жылғы IV тоқсан"
    assert row["cost_text"].startswith("Ақтөбе облысы: 2009 жыл - 726,247")
    assert row["funding_text"] == "Жергілікті бюджет"
    assert row["funding"] == "local"
    assert row["due_dates"] == ["2009-12-31"]
    assert row["place"] == "plan.14"


def test_row_14_has_its_three_lines_with_exact_amounts(plan):
    assert plan[14]["lines"] == [
        {"region": "KZ-AKT", "year": 2009, "source": "local", "amount": "726.247", "note": ""},
        {"region": "KZ-KUS", "year": 2009, "source": "local", "amount": "540.000", "note": ""},
        {"region": "KZ-MAN", "year": 2009, "source": "local", "amount": "1218.500", "note": ""},
    ]


def test_line_note_is_the_printed_kazakh(plan):
    assert plan[37]["lines"][1]["note"] == "(құрылыстың басталуы)"


def test_republican_line_has_no_region(plan):
    assert plan[9]["lines"][0] == {
        "region": None, "year": 2007, "source": "republican", "amount": "230.967", "note": "",
    }  # fmt: skip


def test_group_of_akimats_is_expanded_and_keeps_its_wording(plan):
    responsibilities = plan[14]["responsibilities"]

    assert len(responsibilities) == 14
    assert responsibilities[1] == {
        "agency": "akimat-akt", "role": "executor", "by_agreement": False, "wording": "Облыс әкімдіктері",
    }  # fmt: skip


def test_lead_and_bodies_by_agreement_are_told_apart(plan):
    named = [(row["agency"], row["role"], row["by_agreement"]) for row in plan[1]["responsibilities"]]

    assert named == [
        ("moes", "lead", False), ("moh", "executor", False), ("mia", "executor", False),
        ("mlsp", "executor", False), ("gpo", "executor", True), ("ngo", "executor", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "lines", "printed", "difference"),
    [
        (("republican", 2007), "306.958", "306.955", "0.003"),
        (("republican", 2008), "586.615", "586.615", "0.000"),
        (("local", 2009), "3653.600", "3663.353", "-9.753"),
        (("local", None), "4180.059", "4189.812", "-9.753"),
        (("off_budget", 2007), "0.000", "169.760", "-169.760"),
        (("off_budget", 2008), "0.000", None, None),
        (("all", None), "5584.489", "5594.239", "-9.750"),
    ],
)
def test_reconciliation_shows_both_sides(reconciliation, key, lines, printed, difference):
    assert reconciliation[key] == {
        "programme": "children-2007-2011",
        "source": key[0],
        "year": key[1],
        "lines_total": lines,
        "printed_total": printed,
        "difference": difference,
    }


def test_reconciliation_covers_every_source_and_year(reconciliation):
    assert list(reconciliation) == [
        (source, year) for source in ("republican", "local", "off_budget", "all") for year in (2007, 2008, 2009, None)
    ]


@pytest.mark.parametrize("page_size", [1, 500])
@pytest.mark.parametrize(("prefix", "queries"), [("activities", 7), ("reconciliation", 5)])
def test_list_costs_the_same_whatever_the_page_size(browse, django_assert_num_queries, prefix, queries, page_size):
    browser = browse("analyst")

    with django_assert_num_queries(queries):
        answer = browser.get(f"/api/v1/{prefix}/?page_size={page_size}").json()

    assert len(answer["results"]) == min(page_size, answer["count"])
