"""Compiling the report in a real browser: saved as one types, two coordinators at once, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import follow
from .test_entering import CONFLICT, SAVED, SOON, STATE, in_kazakh, stored

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-pages")]

ADDRESS = "/programmes/children-2007-2011/periods/2009-H1/workspace/"


def open_workspace(page, part):
    """The page with its scripts, and the row of the part."""
    page.goto(f"{ADDRESS}?text=kk#{part}")
    return page.locator(f"#{part}")


def write_into(row, text):
    box = row.locator("textarea")
    box.fill("")
    box.press_sequentially(text)


def in_report(page, part):
    return stored(page, f"{ADDRESS}?text=kk", f"#{part} textarea")


def test_a_summary_is_saved_by_itself_and_the_state_says_so(visit):
    page = visit("coordinator")
    row = open_workspace(page, "activity-5")
    assert row.locator("textarea").input_value().strip()
    expect(row.locator("[data-pill=incomplete]")).to_be_visible()
    write_into(row, "Өзі сақталатын қорытынды")
    expect(row.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    expect(row.locator("[data-pill=complete]")).to_be_visible()
    assert in_report(page, "activity-5") == "Өзі сақталатын қорытынды"
    page.reload()
    assert not page.locator("[data-notices] .notice").count()


def test_an_emptied_box_goes_back_to_the_draft(visit):
    page = visit("coordinator")
    row = open_workspace(page, "activity-6")
    draft = row.locator("textarea").input_value()
    write_into(row, "Артық")
    expect(row.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    row.locator("textarea").fill("")
    expect(row.locator("[data-pill=incomplete]")).to_be_visible(timeout=SOON)
    assert in_report(page, "activity-6") == draft


def test_nobody_treads_on_another_in_different_parts(visit):
    first, second = visit("coordinator"), visit("coordinator2")
    mine, theirs = open_workspace(first, "activity-8"), open_workspace(second, "activity-9")
    write_into(mine, "Біріншінің бөлігі")
    write_into(theirs, "Екіншінің бөлігі")
    expect(mine.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    expect(theirs.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert in_report(first, "activity-8") == "Біріншінің бөлігі"
    assert in_report(first, "activity-9") == "Екіншінің бөлігі"
    first.reload()
    expect(first.locator("#others + ul")).to_contain_text("coordinator2")


def test_in_the_same_part_the_second_sees_both_and_keeps_his_with_one_click(visit):
    first, second = visit("coordinator"), visit("coordinator2")
    mine, theirs = open_workspace(first, "activity-10"), open_workspace(second, "activity-10")
    write_into(mine, "Бірінші адам")
    expect(mine.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    write_into(theirs, "Екінші адам")
    expect(theirs.locator(STATE)).to_have_text(CONFLICT, timeout=SOON)
    follow(theirs.locator("button[name=at]"))
    conflict = second.locator("#activity-10 .conflict")
    expect(conflict).to_contain_text("Бірінші адам")
    expect(conflict).to_contain_text("Екінші адам")
    follow(second.locator("button[name=activity-10-overwrite]"))
    second.wait_for_selector("main > .notice-good")
    assert in_report(second, "activity-10") == "Екінші адам"
    assert not second.locator("[data-notices] .notice").count()


def test_without_javascript_one_button_saves_all_that_was_typed(visit):
    page = visit("coordinator", javascript=False)
    page.goto(f"{ADDRESS}?text=ru")
    page.fill("#introduction textarea", "Введение без скриптов")
    page.fill("#activity-13 textarea", "Итог без скриптов")
    follow(page.locator("#activity-13 button[name=at]"))
    expect(page.locator("main > .notice-good")).to_have_count(1)
    assert page.url.endswith("?text=ru#activity-13")
    assert page.locator("#introduction textarea").input_value() == "Введение без скриптов"
    assert page.locator("#activity-13 textarea").input_value() == "Итог без скриптов"
    tab = page.locator(".tabs a[aria-current=page]")
    assert re.search(r"\b2\b", tab.inner_text())


def test_an_earlier_version_can_be_taken_up_again(visit):
    page = visit("coordinator", javascript=False)
    for text in ("Бірінші нұсқа", "Екінші нұсқа"):
        page.goto(f"{ADDRESS}?text=kk")
        page.fill("#activity-15 textarea", text)
        follow(page.locator("#activity-15 button[name=at]"))
    follow(page.locator("#activity-15 a", has_text=in_kazakh("Versions")))
    expect(page.locator(".timeline > li").first.locator(".prose")).to_have_text("Екінші нұсқа")
    follow(page.locator("button[name=use][value='1']"))
    expect(page.locator("main > .notice-good")).to_have_count(1)
    assert in_report(page, "activity-15") == "Бірінші нұсқа"
