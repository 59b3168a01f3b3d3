"""The main menu and the pages of its rooms."""

import re

from django.urls import reverse

from config.menus import ROOMS, main_menu

from ..test_access import SLUG


def navigation(page, css_class):
    return re.search(rf'<nav class="page-width {css_class}".*?</nav>', page, re.DOTALL)


def current_links(html):
    return re.findall(r'<a href="([^"]+)" aria-current="(\w+)">', html)


def test_the_menu_stays_short():
    assert len(ROOMS) <= 8


def test_a_page_is_marked_in_its_room_and_in_the_menu(browse):
    page = browse("analyst").get(reverse("timeline", args=[SLUG])).text
    assert (reverse("plan", args=[SLUG]), "true") in current_links(navigation(page, "nav-wide")[0])
    assert current_links(navigation(page, "section-nav")[0]) == [(reverse("timeline", args=[SLUG]), "page")]


def test_what_lies_deeper_is_marked_in_the_menu_alone(browse):
    page = browse("analyst").get(reverse("activity", args=[SLUG, 14])).text
    assert current_links(navigation(page, "nav-wide")[0]) == [(reverse("plan", args=[SLUG]), "true")]
    assert navigation(page, "section-nav") is None


def test_imports_are_shown_to_those_who_may_import(user):
    def pages(username):
        entries = main_menu(user(username), SLUG, "datasets", "jobs")
        return [page.url for entry in entries for page in entry.pages]

    assert reverse("imports") in pages("coordinator")
    assert reverse("imports") not in pages("analyst")


def test_a_page_of_no_room_marks_nothing(browse):
    page = browse("analyst").get(reverse("glossary")).text
    assert current_links(navigation(page, "nav-wide")[0]) == []
