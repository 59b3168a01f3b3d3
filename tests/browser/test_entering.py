"""Typing in a real browser: saved as one types, and no word lost without a connection, a sign-in or an open window."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from .conftest import PASSWORD, follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STATE = "[data-state]"
NARRATIVE = "textarea[name$=narrative]"
SOON = 15_000


def in_kazakh(message):
    """What the page says, whatever stands in its {places}."""
    with translation.override("kk"):
        return re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(gettext(message))))


SAVED = in_kazakh("Saved at {time}.")
OFFLINE = in_kazakh("Not saved: no connection. It is tried again every 10 seconds.")
SIGNED_OUT = in_kazakh("Not saved: {why} It is saved by itself once you have signed in.")
CONFLICT = in_kazakh("Not saved: {why} Press “Save” to see both texts and choose.")
EXCEPT = in_kazakh("Not saved: {fields}. See the message at the field.")


def report_of(page):
    """The address of the report that the reporter owes."""
    page.goto("/")
    href = page.locator("main a[href*='/submissions/']").first.get_attribute("href")
    return re.match(r".*/submissions/\d+/", href)[0]


def open_entry(page, place=0):
    """An entry by its place in the task list."""
    page.goto(report_of(page))
    # A click ends when the address has changed, before the page has its scripts.
    with page.expect_navigation():
        follow(page.locator("a.task-name").nth(place))
    return page.url


def type_into(page, text, box=NARRATIVE):
    field = page.locator(box).first
    field.fill("")
    field.press_sequentially(text)


def stored(page, address, box=NARRATIVE):
    """What the server has, seen without scripts' help."""
    other = page.context.browser.new_context(
        base_url=page.url, storage_state=page.context.storage_state(), java_script_enabled=False
    )
    try:
        reader = other.new_page()
        reader.goto(address)
        return reader.locator(box).first.input_value()
    finally:
        other.close()


def wait_until_kept(page, text):
    """Until the browser's own store holds what was typed."""
    for _attempt in range(100):
        if page.evaluate("text => Object.values(localStorage).some((draft) => draft.includes(text))", text):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{text!r} is not in the browser's store")


def sign_in_again(page, username):
    page.goto("/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    follow(page.locator("form:has(input[name=password]) button"))


def test_typing_is_saved_by_itself_and_the_state_says_so(visit):
    page = visit("reporter.kzy")
    address = open_entry(page)
    type_into(page, "Өзі сақталатын мәтін")
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Өзі сақталатын мәтін"
    page.reload()
    assert page.locator(NARRATIVE).input_value() == "Өзі сақталатын мәтін"
    assert not page.locator("[data-notices] .notice").count()


def test_a_field_with_an_error_is_named_and_the_others_are_saved(visit):
    page = visit("reporter.kzy")
    address = open_entry(page, 1)
    page.locator("textarea[name=narrative]").evaluate("box => { box.value = 'ә'.repeat(20001) }")
    type_into(page, "Себебі", "textarea[name=reason]")
    expect(page.locator(STATE)).to_have_text(EXCEPT, timeout=SOON)
    expect(page.locator("#id_narrative_error")).to_be_visible()
    assert page.locator("#id_narrative").get_attribute("aria-invalid") == "true"
    assert stored(page, address, "textarea[name=reason]") == "Себебі"
    page.reload()
    assert len(page.locator(NARRATIVE).input_value()) == 20_001


def test_a_cut_connection_costs_no_word(visit):
    page = visit("reporter.man")
    address = open_entry(page)
    type_into(page, "Бірінші бөлік")
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    page.context.set_offline(True)
    page.locator(NARRATIVE).press_sequentially(", екінші бөлік")
    expect(page.locator(STATE)).to_have_text(OFFLINE, timeout=SOON)
    page.locator(NARRATIVE).press_sequentially(", үшінші")
    wait_until_kept(page, "Бірінші бөлік, екінші бөлік, үшінші")
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(NARRATIVE).input_value() == "Бірінші бөлік, екінші бөлік, үшінші"
    expect(page.locator("[data-notices] .notice")).to_be_visible()
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Бірінші бөлік, екінші бөлік, үшінші"


def test_it_is_tried_again_when_the_connection_is_back(visit):
    page = visit("reporter.man")
    address = open_entry(page, 1)
    page.context.set_offline(True)
    type_into(page, "Желісіз терілген")
    expect(page.locator(STATE)).to_have_text(OFFLINE, timeout=SOON)
    page.locator("button[name=stay]:visible").click()
    assert page.url == address
    page.context.set_offline(False)
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Желісіз терілген"


def test_text_that_is_put_back_can_be_discarded(visit):
    page = visit("reporter.man")
    address = open_entry(page, 2)
    before = page.locator(NARRATIVE).input_value()
    page.context.set_offline(True)
    type_into(page, "Керек емес")
    wait_until_kept(page, "Керек емес")
    page.context.set_offline(False)
    page.reload()
    page.click("[data-discard]")
    assert page.locator(NARRATIVE).input_value() == before
    page.wait_for_timeout(2500)
    assert stored(page, address) == before
    page.reload()
    assert not page.locator("[data-notices] .notice").count()


def test_an_answer_that_got_lost_is_no_conflict(visit):
    page = visit("reporter.man")
    address = open_entry(page, 3)

    def save_and_lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route(address, save_and_lose_the_answer, times=1)
    type_into(page, "Жауабы жоғалған")
    expect(page.locator(STATE)).to_have_text(OFFLINE, timeout=SOON)
    page.locator(NARRATIVE).press_sequentially(", жалғасы")
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Жауабы жоғалған, жалғасы"


def test_a_restart_of_the_browser_costs_no_word(visit, chromium, portal):
    page = visit("reporter.ast")
    address = open_entry(page)
    page.context.set_offline(True)
    type_into(page, "Қайта ашылғанда тұрсын")
    wait_until_kept(page, "Қайта ашылғанда тұрсын")
    kept = page.context.storage_state()
    page.context.close()
    context = chromium.new_context(base_url=portal, storage_state=kept)
    try:
        page = context.new_page()
        page.goto(address)
        assert page.locator(NARRATIVE).input_value() == "Қайта ашылғанда тұрсын"
        expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
        assert stored(page, address) == "Қайта ашылғанда тұрсын"
    finally:
        context.close()


def test_a_sign_in_that_runs_out_costs_no_word(visit):
    page = visit("reporter.ast")
    address = open_entry(page, 1)
    page.context.clear_cookies(name="sessionid")
    type_into(page, "Кіру мерзімі біткенде")
    expect(page.locator(STATE)).to_have_text(SIGNED_OUT, timeout=SOON)
    expect(page.locator("[data-sign-in]")).to_be_visible()
    sign_in_again(page, "reporter.ast")
    page.goto(address)
    assert page.locator(NARRATIVE).input_value() == "Кіру мерзімі біткенде"
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Кіру мерзімі біткенде"


def test_a_sign_in_in_another_window_lets_the_first_one_save(visit):
    page = visit("reporter.ast")
    address = open_entry(page, 2)
    page.context.clear_cookies(name="sessionid")
    type_into(page, "Басқа терезеде кірді")
    expect(page.locator(STATE)).to_have_text(SIGNED_OUT, timeout=SOON)
    with page.expect_popup() as popup:
        page.locator("[data-sign-in]").click()
    popup.value.wait_for_load_state()
    sign_in_again(popup.value, "reporter.ast")
    popup.value.close()
    expect(page.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(page, address) == "Басқа терезеде кірді"


def test_one_persons_text_is_not_shown_to_another_at_the_same_computer(visit):
    page = visit("reporter.zha")
    address = open_entry(page)
    page.context.set_offline(True)
    type_into(page, "Бөтен көзге емес")
    wait_until_kept(page, "Бөтен көзге емес")
    page.context.set_offline(False)
    page.context.clear_cookies(name="sessionid")
    sign_in_again(page, "signatory.zha")
    page.goto(address)
    assert page.locator(NARRATIVE).input_value() != "Бөтен көзге емес"
    assert not page.locator("[data-notices] .notice").count()


def test_two_people_in_one_draft_the_second_keeps_his_with_one_click(visit):
    first, second = visit("signatory.zha"), visit("reporter.zha")
    address = open_entry(second, 1)
    first.goto(address)
    type_into(first, "Бірінші адам")
    expect(first.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    type_into(second, "Екінші адам")
    expect(second.locator(STATE)).to_have_text(CONFLICT, timeout=SOON)
    follow(second.locator("button[name=stay]:visible"))
    expect(second.locator(".conflict")).to_contain_text("Бірінші адам")
    expect(second.locator(".conflict")).to_contain_text("Екінші адам")
    follow(second.locator("button[name=overwrite]"))
    second.wait_for_selector("main > .notice")
    assert second.locator(NARRATIVE).input_value() == "Екінші адам"
    assert stored(second, address) == "Екінші адам"
    assert not second.locator("[data-notices] .notice").count()


def test_taking_theirs_leaves_no_draft_behind(visit):
    first, second = visit("signatory.zha"), visit("reporter.zha")
    address = open_entry(second, 2)
    first.goto(address)
    type_into(first, "Солардікі")
    expect(first.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    type_into(second, "Менікі")
    expect(second.locator(STATE)).to_have_text(CONFLICT, timeout=SOON)
    follow(second.locator("button[name=stay]:visible"))
    second.click("[data-take-theirs]")
    expect(second.locator(".conflict")).to_have_count(0)
    expect(second.locator(NARRATIVE)).to_have_value("Солардікі")
    assert not second.locator("[data-notices] .notice").count()


def test_text_that_was_overtaken_is_shown_and_overwrites_nothing_unasked(visit):
    first, second = visit("signatory.zha"), visit("reporter.zha")
    address = open_entry(second, 3)
    second.context.set_offline(True)
    type_into(second, "Желісіз")
    wait_until_kept(second, "Желісіз")
    first.goto(address)
    type_into(first, "Осы арада сақталған")
    expect(first.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    second.context.set_offline(False)
    second.reload()
    assert second.locator(NARRATIVE).input_value() == "Осы арада сақталған"
    expect(second.locator("[data-notices]")).to_contain_text("Желісіз")
    second.wait_for_timeout(2500)
    assert stored(second, address) == "Осы арада сақталған"
    second.click("[data-use]")
    expect(second.locator(STATE)).to_have_text(SAVED, timeout=SOON)
    assert stored(second, address) == "Желісіз"


def test_the_whole_period_by_keyboard_alone(visit):
    page = visit("reporter.alm")
    address = f"{report_of(page)}all/"
    page.goto(address)
    rows = page.locator("[data-entry]")
    assert rows.count() > 5
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name || ''").endswith("-narrative"):
            break
    for number in range(3):
        page.keyboard.press("Control+a")
        page.keyboard.type(f"Пернетақтамен {number}")
        if number < 2:
            page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Control+s")
    for number in range(3):
        expect(rows.nth(number).locator(STATE)).to_have_text(SAVED, timeout=SOON)
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("document.activeElement.value") == "Пернетақтамен 1"
    page.goto(address)
    assert [page.locator(NARRATIVE).nth(n).input_value() for n in range(3)] == [f"Пернетақтамен {n}" for n in range(3)]


def test_the_whole_period_without_javascript(visit):
    page = visit("reporter.alm", javascript=False)
    page.goto(f"{report_of(page)}all/")
    for number in (3, 4):
        page.locator(NARRATIVE).nth(number).fill(f"Скриптсіз {number}")
    follow(page.locator(".entry-save button"))
    expect(page.locator(".notice-good")).to_be_visible()
    for number in (3, 4):
        expect(page.locator(NARRATIVE).nth(number)).to_have_value(f"Скриптсіз {number}")


def test_without_javascript_a_sign_in_that_ran_out_keeps_the_text(visit):
    page = visit("reporter.alm", javascript=False)
    address = open_entry(page, 5)
    page.fill(NARRATIVE, "Скриптсіз, кірусіз")
    page.context.clear_cookies(name="sessionid")
    follow(page.locator("button[name=stay]:visible"))
    page.fill("input[name=username]", "reporter.alm")
    page.fill("input[name=password]", PASSWORD)
    follow(page.locator("form:has(input[name=password]) button"))
    expect(page.locator(".kept-texts")).to_be_visible()
    assert "Скриптсіз, кірусіз" in [box.input_value() for box in page.locator(".kept-texts textarea").all()]
    follow(page.locator("main form button.btn-primary"))
    expect(page).to_have_url(address)
    expect(page.locator(NARRATIVE)).to_have_value("Скриптсіз, кірусіз")


def test_more_than_the_portal_takes_is_answered_by_a_page(visit):
    page = visit("reporter.alm", javascript=False)
    address = open_entry(page, 6)
    page.evaluate(
        """() => {
            const carried = Object.assign(document.createElement("input"), {type: "hidden", name: "reason"});
            carried.value = "ә".repeat(8_000_000);
            document.getElementById("entry-form").append(carried);
        }"""
    )
    follow(page.locator("button[name=stay]:visible"))
    too_much = in_kazakh("You sent more than the portal takes at once: 12 MB of text. Nothing was saved.")
    expect(page.locator("main")).to_contain_text(too_much)
    page.goto(address)
    assert len(page.locator(NARRATIVE).input_value()) < 20_000


def test_enter_in_a_box_saves_and_chooses_nothing_else(visit):
    page = visit("reporter.alm", javascript=False)
    address = open_entry(page)
    page.locator("details:has(input[name=document_number]) summary").click()
    page.fill("input[name=document_number]", "12-ө")
    page.press("input[name=document_number]", "Enter")
    page.wait_for_selector("main > .notice")
    assert page.url == address
    assert page.locator("input[name=document_number]").input_value() == "12-ө"
