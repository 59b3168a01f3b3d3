"""One half-year, by hand: entered, filed, accepted, previewed, and read back from the documents."""

import io
import re

import docx
import openpyxl
import pytest
from playwright.sync_api import expect

from .conftest import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PERIOD = "/programmes/children-2007-2011/periods/2009-H1/"


def fill_unfinished(page, narrative, spent):
    """Complete every entry that is not complete yet; returns the rows that were filled."""
    filled = []
    while True:
        page.goto(page.url.split("activities/")[0])
        task = page.locator(".task-list li", has=page.locator(".pill-neutral, .pill-warn")).first
        if not task.count():
            return filled
        follow(task.locator("a.task-name"))
        filled.append(int(page.url.rstrip("/").rsplit("/", 1)[1]))
        page.select_option("select[name=status]", "in_progress")
        page.fill("textarea[name=narrative]", f"{narrative} {filled[-1]}")
        for box in page.locator("input[name^=spent_]").all():
            box.fill(spent)
        for box in page.locator("input[name^=indicator_]").all():
            box.fill("0")
        follow(page.locator(".form-actions button[name=stay]"))
        page.wait_for_selector("main > .notice")


def send_for_signature(page):
    page.goto(page.url.split("activities/")[0])
    follow(page.locator("a[href$='/file/']"))
    follow(page.locator("button[name=send]"))


def sign_and_file(page):
    """The signatory finds the report on his home page, reads it and files it; returns the receipt number."""
    page.goto("/")
    follow(page.locator("main a.btn-primary"))
    follow(page.locator("main form:has(input[name=seen]) button.btn-primary"))
    page.wait_for_url("**/receipt/")
    return page.locator("dl.summary strong").inner_text()


@pytest.mark.parametrize(
    ("agency", "javascript", "language"), [("akt", True, "kk"), ("akm", False, "kk"), ("ala", True, "ru")]
)
def test_a_half_year_end_to_end(visit, agency, javascript, language):
    narrative = f"Сынақ мәтіні ({agency}): әғқңөұүһі"
    clerk = visit(f"reporter.{agency}", language, javascript=javascript)
    follow(clerk.locator("main a.btn-primary"))
    assert fill_unfinished(clerk, narrative, "0,012")
    send_for_signature(clerk)
    receipt = sign_and_file(visit(f"signatory.{agency}", language, javascript=javascript))

    coordinator = visit("coordinator", language, javascript=javascript)
    coordinator.goto(clerk.url)
    page = coordinator.locator("main").inner_text()
    assert receipt in page
    assert narrative in page
    follow(coordinator.locator("button[name=accept]"))
    coordinator.goto(f"{PERIOD}consolidated/")
    assert narrative in coordinator.content()

    letter = docx.Document(io.BytesIO(download(coordinator, "docx")))
    texts = "\n".join(cell.text for table in letter.tables for row in table.rows for cell in row.cells)
    assert narrative in texts
    workbook = openpyxl.load_workbook(io.BytesIO(download(coordinator, "xlsx")))
    values = [value for sheet in workbook for row in sheet.iter_rows(values_only=True) for value in row]
    assert any(narrative in value for value in values if isinstance(value, str))
    assert download(coordinator, "pdf").startswith(b"%PDF")


def download(page, fmt):
    return page.request.get(f"{PERIOD}consolidated.{fmt}").body()


def test_a_returned_report_comes_back_with_its_comment_and_reason(visit):
    coordinator = visit("coordinator2")
    coordinator.goto(PERIOD)
    coordinator.select_option("select[name=state]", "submitted")
    follow(coordinator.locator("form.filter-bar button"))
    follow(coordinator.locator("tr", has=coordinator.locator("input[type=checkbox]")).first.locator("th a"))
    report = coordinator.url

    coordinator.locator("details.more", has=coordinator.locator("form[action$='/comments/']")).first.click()
    coordinator.locator("form[action$='/comments/'] textarea").first.fill("Нақты санын жазыңыз")
    follow(coordinator.locator("form[action$='/comments/'] button").first)
    follow(coordinator.locator("button[name=return]"))
    expect(coordinator.locator(".error-summary")).to_be_visible()
    coordinator.fill("textarea[name=reason]", "14-жолды нақтылаңыз")
    follow(coordinator.locator("button[name=return]"))

    coordinator.goto(report)
    code = re.search(r"2009-H1-(?:AKIMAT-)?([A-Z]+)-", coordinator.locator("main").inner_text())[1]
    clerk = visit(f"reporter.{code.lower()}")
    page = clerk.locator("main").inner_text()
    assert "14-жолды нақтылаңыз" in page
    assert "Нақты санын жазыңыз" in page


def tab_to(page, selector):
    """Press Tab until the focus is on what `selector` finds."""
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by keyboard on {page.url}")


def test_from_home_to_the_receipt_by_keyboard_alone(visit):
    """БҒМ has no signatory, so its reporter files directly."""
    page = visit("reporter.moes")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/activities/*/")
    while "/activities/" in page.url:
        here = page.url
        tab_to(page, "select[name=status]")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        tab_to(page, "textarea[name=narrative]")
        page.keyboard.type("Пернетақтамен терілген мәтін")
        for figure in page.locator("input[name^=spent_], input[name^=indicator_]").all():
            tab_to(page, f"[name={figure.get_attribute('name')}]")
            page.keyboard.press("Control+A")
            page.keyboard.type("0")
        tab_to(page, "button[name=next]")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/file/")
    tab_to(page, "main button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    assert "2009-H1-MOES-01-" in page.locator("main").inner_text()
