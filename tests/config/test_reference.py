"""The reference of the API as a page: complete, in the reader's language, without scripts."""

import re

import pytest

from programme.problems import KINDS

URL = "/api/v1/reference/"


@pytest.fixture
def page(browse):
    return browse("reporter.akt").get(URL).text


def test_it_has_every_operation_parameter_and_field(browse, page):
    schema = browse("reporter.akt").get("/api/v1/schema/").json()

    for path, methods in schema["paths"].items():
        assert f"<code>{path}</code>" in page
        for operation in methods.values():
            assert f'id="op-{operation["operationId"]}"' in page
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in page
    for name in ("Activity", "Submission", "WrittenEntry", "WrittenSpending", "Receipt"):
        for field in schema["components"]["schemas"][name]["properties"]:
            assert re.search(rf"<code>[\w.\[\]]*\b{field}</code>", page), field


def test_every_problem_has_the_anchor_that_its_type_leads_to(browse, page):
    problem = browse("reporter.akt").get("/api/v1/nothing/").json()
    address, _mark, anchor = problem["type"].partition("#")

    assert address == URL
    assert f'id="{anchor}"' in page
    for code in KINDS:
        assert f'id="{code}"' in page


def test_no_id_is_given_twice_and_every_link_within_leads_somewhere(page):
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= {*ids}


def test_an_example_shows_how_an_entry_is_written(page):
    example = re.search(r'id="op-submissions_entries_update".*?<pre[^>]*><code>(.*?)</code>', page, re.DOTALL)[1]

    assert "-X PUT" in example
    assert "If-Match: $IF_MATCH" in example
    assert "http://testserver/api/v1/submissions/1/entries/1/" in example
    assert "narrative" in example
    assert "updated_by" not in example


def test_choices_are_named_with_their_meaning(page):
    assert re.search(r"<code>in_progress</code>\s*in progress", page)
    # Written at the field itself, or with the name of the choices alone.
    source = re.search(r"<code>spending\[\]\.line\.source</code>.*?</tr>", page, re.DOTALL)[0]
    assert re.search(r"<code>republican</code>\s*\w", source)
    assert "`" not in page


def test_it_speaks_the_readers_language(browse):
    assert "Жартыжылдықтар" in browse("analyst", "kk").get(URL).text


def test_it_runs_no_script_but_the_frames(browse):
    response = browse("analyst").get(URL)

    assert re.findall("<script.*", response.text) == ['<script src="/static/js/menus.js" defer></script>']
    assert "'unsafe" not in response["Content-Security-Policy"]


def test_it_costs_what_the_frame_costs(browse, django_assert_num_queries):
    browser = browse("analyst")

    with django_assert_num_queries(4):
        browser.get(URL)
