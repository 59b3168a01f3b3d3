import pytest

from programme.models import Finding


def rows(browser, prefix: str) -> list[dict]:
    answer = browser.get(f"/api/v1/{prefix}/?page_size=500").json()
    assert answer["count"] == len(answer["results"])
    return answer["results"]


def test_regions_are_the_sixteen_of_those_years(browse):
    regions = rows(browse("analyst"), "regions")

    assert [region["code"] for region in regions] == [
        "KZ-AKM", "KZ-AKT", "KZ-ALM", "KZ-ATY", "KZ-VOS", "KZ-ZHA", "KZ-ZAP", "KZ-KAR",
        "KZ-KUS", "KZ-KZY", "KZ-MAN", "KZ-PAV", "KZ-SEV", "KZ-YUZ", "KZ-AST", "KZ-ALA",
    ]  # fmt: skip
    assert regions[1] == {
        "code": "KZ-AKT",
        "kind": "oblast",
        "name": {"kk": "Ақтөбе облысы", "ru": "Актюбинская область", "en": "Aktobe oblast"},
        "short_name": {"kk": "Ақтөбе", "ru": "Актюбинская", "en": "Aktobe"},
    }
    assert [region["kind"] for region in regions].count("city") == 2


def test_agencies_name_their_region_and_whether_they_file(browse):
    agencies = {agency["code"]: agency for agency in rows(browse("analyst"), "agencies")}

    assert len(agencies) == 30
    assert agencies["akimat-akt"]["region"] == "KZ-AKT"
    assert agencies["akimat-akt"]["kind"] == "akimat"
    assert agencies["akimat-akt"]["files_reports"] is True
    assert agencies["moes"]["region"] is None
    assert agencies["moes"]["short_name"] == {"kk": "БҒМ", "ru": "МОН", "en": "MoES"}
    assert agencies["ngo"]["files_reports"] is False


def test_financing_gives_the_printed_amounts_as_strings(browse):
    financing = rows(browse("analyst"), "financing")

    assert len(financing) == 13
    assert {row["programme"] for row in financing} == {"children-2007-2011"}
    amounts = {(row["source"], row["year"]): row["amount"] for row in financing}
    assert amounts["all", None] == "10295.445"
    assert amounts["republican", None] == "2425.219"
    assert amounts["local", None] == "7870.226"
    assert amounts["local", 2007] == "1.200"
    assert list(amounts)[:2] == [("all", None), ("local", 2007)]


def test_findings_show_both_figures_and_the_place(browse, programme):
    Finding.objects.create(
        programme=programme, code="X01", ordinal=0, kind="sum", printed="3663,353", found="3653,600",
        difference="−9,753", places=["plan.total"], lines=["2993-2994"],
        statement_kk="қате", statement_ru="ошибка", statement_en="error",
        treatment_kk="екеуі де", treatment_ru="оба", treatment_en=None,
    )  # fmt: skip

    findings = rows(browse("analyst"), "findings")

    assert len(findings) == Finding.objects.count()
    assert findings[0] == {
        "programme": "children-2007-2011",
        "code": "X01",
        "kind": "sum",
        "statement": {"kk": "қате", "ru": "ошибка", "en": "error"},
        "treatment": {"kk": "екеуі де", "ru": "оба", "en": ""},
        "printed": "3663,353",
        "found": "3653,600",
        "difference": "−9,753",
        "places": ["plan.total"],
        "lines": ["2993-2994"],
    }


def test_expected_results_give_both_wordings_and_targets(browse):
    results = rows(browse("analyst"), "expected-results")

    assert len(results) == 27
    assert results[0]["stage"] is None
    assert results[0]["text"]["ru"].startswith("В результате реализации Программы")
    ninth = next(row for row in results if (row["stage"], row["ordinal"]) == (1, 9))
    assert ninth["targets"] == [
        {"quantity": "children", "value": "450.0", "passport_value": "250.0"},
        {"quantity": "institutions", "value": "1.0", "passport_value": "1.0"},
        {"quantity": "oblasts", "value": None, "passport_value": "1.0"},
        {"quantity": "percent", "value": "16.7", "passport_value": "16.7"},
    ]
    assert ninth["place"] == "s7.1"
    assert ninth["passport_text"]


def test_texts_do_not_depend_on_the_readers_language(browse):
    kazakh = rows(browse("analyst", "kk"), "expected-results")
    english = rows(browse("analyst", "en"), "expected-results")

    assert kazakh == english


@pytest.mark.parametrize(
    ("prefix", "queries"),
    [("financing", 4), ("findings", 4), ("expected-results", 5), ("agencies", 4), ("regions", 4)],
)
@pytest.mark.parametrize("page_size", [1, 500])
def test_list_costs_the_same_whatever_the_page_size(browse, django_assert_num_queries, prefix, queries, page_size):
    browser = browse("analyst")

    with django_assert_num_queries(queries):
        answer = browser.get(f"/api/v1/{prefix}/?page_size={page_size}").json()

    assert len(answer["results"]) == min(page_size, answer["count"])
