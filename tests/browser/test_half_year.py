"""One half-year, by hand: entered, filed, accepted, previewed, and read back from the documents."""

import io

import docx
import openpyxl
import pytest

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
        task.locator("a.task-name").click()
        filled.append(int(page.url.rstrip("/").rsplit("/", 1)[1]))
        page.select_option("select[name=status]", "in_progress")
        page.fill("textarea[name=narrative]", f"{narrative} {filled[-1]}")
        for box in page.locator("input[name^=spent_]").all():
            box.fill(spent)
        for box in page.locator("input[name^=indicator_]").all():
            box.fill("0")
        page.click("button[name=stay]")


def send_for_signature(page):
    page.goto(page.url.split("activities/")[0])
    page.click("a[href$='/file/']")
    page.click("button[name=send]")


def sign_and_file(page):
    """The signatory finds the report on his home page, reads it and files it; returns the receipt number."""
    page.goto("/")
    page.click("main a.btn-primary")
    page.click("main form:has(input[name=seen]) button.btn-primary")
    assert "/receipt/" in page.url
    return page.locator("dl.summary strong").inner_text()


@pytest.mark.parametrize(
    ("agency", "javascript", "language"), [("akt", True, "kk"), ("akm", False, "kk"), ("ala", True, "ru")]
)
def test_a_half_year_end_to_end(visit, agency, javascript, language):
    narrative = f"Сынақ мәтіні ({agency}): әғқңөұүһі"
    clerk = visit(f"reporter.{agency}", language, javascript=javascript)
    clerk.click("main a.btn-primary")
    assert fill_unfinished(clerk, narrative, "0,012")
    send_for_signature(clerk)
    receipt = sign_and_file(visit(f"signatory.{agency}", language, javascript=javascript))

    coordinator = visit("coordinator", language, javascript=javascript)
    coordinator.goto(PERIOD)
    coordinator.locator("tr", has_text=receipt).locator("th a").click()
    assert narrative in coordinator.locator("main").inner_text()
    coordinator.click("button[name=accept]")
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


def test_a_returned_report_comes_back_with_its_reason(visit):
    coordinator = visit("coordinator2")
    coordinator.goto(PERIOD)
    row = coordinator.locator("tr:has(td:nth-child(2) .pill-info)").first
    agency = row.locator("th a").inner_text()
    row.locator("th a").click()
    coordinator.click("button[name=return]")
    assert coordinator.locator(".error-summary").is_visible()
    coordinator.fill("textarea[name=reason]", "14-жолды нақтылаңыз")
    coordinator.click("button[name=return]")
    assert agency in coordinator.locator("main").inner_text()


def test_by_keyboard_alone(visit):
    page = visit("reporter.moes")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    for _press in range(40):
        page.keyboard.press("Tab")
        if "btn-primary" in page.evaluate("document.activeElement.className"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/*/")
