"""Help where it is needed: a text for each page, first steps for each role, the glossary."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from analysis.first_steps import STEPS
from analysis.glossary import GROUPS, TERMS
from config.page_help import PAGE_HELP
from programme.models import Programme

from ..test_access import SLUG, TABLE

# What is no page: files, and what only programs ask for.
FILES = {
    "attachment", "calendar-feed", "calendar-file", "consolidated-document", "consolidated-report-document", "dataset",
    "healthz", "import-current", "import-template", "job-result", "letter", "readyz", "saved-view-file", "summary",
    "workbook", "workbook-marked",
}  # fmt: skip
BEFORE_SIGN_IN = {"login", "choose-password"}
FOR_DEVELOPERS = {"components"}
PEOPLE = {
    Role.REPORTER: "reporter.akt",
    Role.SIGNATORY: "signatory.akt",
    Role.COORDINATOR: "coordinator",
    Role.ANALYST: "analyst",
    Role.LEADERSHIP: "leader",
    Role.ADMINISTRATOR: "administrator",
}


def test_every_page_says_what_it_is_for():
    asked = {name for name, _arguments, method in TABLE if method == "get"}
    programs = {name for name in asked if name.startswith("api-")} - {"api-reference"}
    assert set(PAGE_HELP) == asked - FILES - BEFORE_SIGN_IN - FOR_DEVELOPERS - programs


def test_the_text_stands_on_the_page_and_leads_to_the_glossary(browse):
    page = browse("analyst").get(reverse("plan", args=[SLUG])).text
    help_text = re.search(r'<details class="page-help.*?</details>', page, re.DOTALL)[0]
    assert str(PAGE_HELP["plan"].shows) in help_text
    assert f'<a href="{reverse("glossary")}#completion-form">completion form</a>' in help_text


def test_a_page_that_does_not_exist_needs_no_help(browse):
    page = browse("analyst").get("/no-such-page/")
    assert page.status_code == 404
    assert "page-help" not in page.text


def test_help_names_terms_that_the_glossary_has():
    assert {code for text in PAGE_HELP.values() for code in text.terms} <= set(TERMS)
    assert len(TERMS) == sum(len(terms) for terms in GROUPS.values())


def test_the_glossary_has_each_term_in_three_languages(browse, django_assert_num_queries):
    browser = browse("analyst", "ru")
    with django_assert_num_queries(6):
        page = browser.get(reverse("glossary")).text
    row = re.search(r'<tr id="completion-form">.*?</tr>', page, re.DOTALL)[0]
    assert '<th scope="row" lang="kk">аяқталу нысаны</th>' in row
    assert 'lang="ru" data-label="Русский">форма завершения</td>' in row
    assert 'lang="en" data-label="English">completion form</td>' in row
    assert all(f'<tr id="{code}">' in page for code in TERMS)


def test_the_glossary_has_the_abbreviations_of_the_decree(browse):
    page = browse("analyst", "kk").get(reverse("glossary")).text
    assert "БҒМ<p>Қазақстан Республикасы Білім және ғылым министрлігі</p>" in page
    assert "<strong>МОН</strong><p>Министерство образования и науки Республики Казахстан</p>" in page


def test_ones_own_role_comes_first(browse, django_assert_num_queries):
    browser = browse("signatory.akt")
    with django_assert_num_queries(5):
        page = browser.get(reverse("help")).text
    assert "Your role: signatory" in page
    titles = [str(step.title) for step in STEPS[Role.SIGNATORY]]
    assert [page.index(title) for title in titles] == sorted(page.index(title) for title in titles)
    assert page.index(titles[-1]) < page.index("The other roles") < page.index(str(STEPS[Role.REPORTER][0].title))


@pytest.mark.parametrize("role", Role)
def test_each_step_leads_to_a_page_that_the_role_may_open(browse, programme, role):
    assert role in STEPS
    browser = browse(PEOPLE[role])
    pages = {step.url(programme) for step in STEPS[role]}
    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_without_a_programme_the_steps_are_words_alone(browse, monkeypatch):
    monkeypatch.setattr(Programme, "objects", Programme.objects.none())
    page = browse("administrator").get(reverse("help"))
    assert f'<p class="step-title">{STEPS[Role.ADMINISTRATOR][0].title}</p>' in page.text
