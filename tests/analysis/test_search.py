"""The search page: what each reader finds, in which order, and what it does with anything that can be typed."""

import re

import pytest
from django.urls import reverse

from activities.models import Activity
from programme.searching import terms
from reports import filing, review
from reports.models import Entry

from ..reports.scenes import file_report, filed, submission_of, write_all

AKT, KUS = "akimat-akt", "akimat-kus"
# Four are the frame's.
QUERIES, QUERIES_SLIPPED, QUERIES_NOTHING = 10, 14, 8


def ask(browser, question, **options):
    return browser.get(reverse("search"), {"q": question} | options)


def groups(response) -> dict:
    return {group.kind.code: group for group in response.context["answer"].groups}


def ordinals(response) -> list[int]:
    return [found.row.ordinal for found in groups(response)["activities"].found]


def bodies(response) -> list[str]:
    return [found.row.code for found in groups(response)["bodies"].found]


def texts(response) -> list[tuple[str, int]]:
    return [
        (found.row.submission.agency.code, found.row.activity.ordinal) for found in groups(response)["reports"].found
    ]


def page(response) -> str:
    return " ".join(response.content.decode().split())


def write(agency: str, by, text: str, ordinal: int) -> None:
    """A draft's entry on one activity says something else than the others."""
    submission = submission_of(agency)
    entry = Entry.objects.get(submission=submission, activity__ordinal=ordinal)
    filing.save_entry(
        submission=submission, activity=entry.activity, by=by, version=entry.version, values={"narrative": text},
        spending={},
    )  # fmt: skip


@pytest.fixture
def reports(user, django_capture_on_commit_callbacks):
    """Aktobe's report is filed, Kostanay's is a draft."""
    with django_capture_on_commit_callbacks(execute=True):
        for agency, text in ((AKT, "Өңірде логопед кабинеті жабдықталды."), (KUS, "Құпия сөзжұмбақ қойылды.")):
            by = user(f"reporter.{agency[-3:]}")
            write_all(submission_of(agency), by)
            write(agency, by, text, 14)
        file_report(submission_of(AKT), user("reporter.akt"))


@pytest.mark.parametrize("question", ["ТҮЗЕТУ жаңарту", "тузету жанарту", "реконструкция коррекционных", "түзет"])
def test_an_activity_is_found_in_every_language_and_on_every_keyboard(browse, question):
    assert 14 in ordinals(ask(browse("analyst"), question, kind="activities"))


def test_the_number_of_an_activity_finds_it_first(browse):
    assert ordinals(ask(browse("analyst"), "27"))[0] == 27


def test_a_title_comes_before_the_rest_of_the_row(browse):
    found = ordinals(ask(browse("analyst"), "Ақтөбе", kind="activities"))
    activity = Activity.objects.get(ordinal=found[-1])
    activity.title_kk = "Ақтөбе"
    activity.save()
    assert ordinals(ask(browse("analyst"), "Ақтөбе", kind="activities")) == [found[-1], *found[:-1]]


@pytest.mark.parametrize(
    ("question", "code"), [("БҒМ", "moes"), ("бгм", "moes"), ("МОН", "moes"), ("Актюбинская", AKT)]
)
def test_a_body_is_found_by_its_names(browse, question, code):
    assert bodies(ask(browse("reporter.kus"), question)) == [code]


def test_a_body_leads_to_its_region_or_to_its_activities(browse, programme):
    browser = browse("analyst")
    assert reverse("region", args=[programme.slug, "KZ-AKT"]) in page(ask(browser, "Ақтөбе"))
    assert f"{reverse('plan', args=[programme.slug])}?agency=moh" in page(ask(browser, "ДСМ"))


def test_what_was_reported_is_found_and_leads_to_its_place(browse, reports):
    response = ask(browse("analyst"), "логопедтің КАБИНЕТІ")
    assert texts(response) == [(AKT, 14)]
    assert f"{reverse('submission', args=[submission_of(AKT).pk])}#activity-14" in page(response)
    assert "<mark>логопед</mark> <mark>кабинеті</mark> жабдықталды." in page(response)


def test_a_reader_finds_what_he_may_read(browse, reports):
    filed_ones = ("coordinator", "analyst", "administrator", "leader", "akim.akt", "reporter.akt", "signatory.akt")
    expected = {name: {"логопед"} for name in filed_ones} | {"reporter.kus": {"сөзжұмбақ"}, "reporter.moh": set()}
    for username, sees in expected.items():
        browser = browse(username)
        assert {word for word in ("логопед", "сөзжұмбақ") if texts(ask(browser, word))} == sees, username
        for word in ("логопед", "сөзжұмбақ"):
            assert (word in page(ask(browser, f"{word[:-1]}х"))) == (word in sees), username


def test_an_own_draft_leads_to_where_it_is_written(browse, reports):
    response = ask(browse("reporter.kus"), "сөзжұмбақ")
    assert reverse("entry", args=[submission_of(KUS).pk, 14]) in page(response)
    assert "draft" in page(response)


def test_a_returned_report_is_found_by_its_writers_alone(browse, user, reports):
    review.return_for_rework(submission=submission_of(AKT), by=user("coordinator"), reason="Нақтылаңыз.")
    assert not any(texts(ask(browse(reader), "логопед")) for reader in ("coordinator", "akim.akt", "reporter.kus"))
    response = ask(browse("reporter.akt"), "логопед")
    assert reverse("entry", args=[submission_of(AKT).pk, 14]) in page(response)


def test_slips_count_where_nothing_is_found_as_it_is_written(browse, reports):
    response = ask(browse("analyst"), "лагопед")
    assert texts(response) == [(AKT, 14)]
    assert "Nothing has “лагопед” as it is written. Shown is what differs by a letter or two: логопед." in page(
        response
    )
    assert "Nothing has" not in page(ask(browse("analyst"), "логопед"))


def test_similar_words_are_found_on_request_after_those_as_written(browse, user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write_all(submission_of(AKT), user("reporter.akt"))
        write(AKT, user("reporter.akt"), "Лагопед келді.", 14)
        write(AKT, user("reporter.akt"), "Логопед келді.", 17)
    browser = browse("reporter.akt")
    assert texts(ask(browser, "логопед")) == [(AKT, 17)]
    assert texts(ask(browser, "логопед", similar=1)) == [(AKT, 17), (AKT, 14)]
    assert texts(ask(browser, "лагопед", similar=1)) == [(AKT, 14), (AKT, 17)]


def test_reports_come_newest_first_then_in_the_order_of_the_plan(browse, user):
    filed(AKT, user("reporter.akt"), "2008-H2", narrative="Логопед келді.")
    filed(AKT, user("reporter.akt"), narrative="Логопед келді.")
    filed(KUS, user("reporter.kus"), narrative="Логопед келді.")
    response = ask(browse("analyst"), "логопед", kind="reports")
    shown = [found.row for found in groups(response)["reports"].found]
    keys = [(-row.submission.period.starts_on.toordinal(), row.activity.ordinal, row.submission.agency.ordinal)
            for row in shown]  # fmt: skip
    assert len(shown) == 20
    assert keys == sorted(keys)


def test_of_very_many_the_newest_are_shown(browse, user, monkeypatch):
    monkeypatch.setattr("analysis.finding.MOST", 5)
    filed(AKT, user("reporter.akt"), narrative="Логопед келді.")
    response = ask(browse("analyst"), "логопед", kind="reports")
    assert len(texts(response)) == 5
    assert "There are more than 5" in page(response)


def test_a_kind_is_paged(browse):
    browser = browse("analyst")
    first = ask(browser, "балалар")
    assert len(ordinals(first)) == 4
    assert "kind=activities" in page(first)
    whole = [ordinals(ask(browser, "балалар", kind="activities", page=number)) for number in (1, 2)]
    assert whole[0][:4] == ordinals(first)
    assert (len(whole[0]), len(set(whole[0] + whole[1]))) == (20, groups(first)["activities"].count)
    assert "kind=activities&amp;page=2" in page(ask(browser, "балалар", kind="activities"))
    for wrong in ("99", "-1", "x", ""):
        assert ask(browser, "балалар", kind="activities", page=wrong).status_code == 200
    assert ordinals(ask(browser, "балалар", kind="no-such-kind")) == ordinals(first)


def test_a_passage_of_another_language_is_marked_as_such(browse):
    assert '<p class="found-passage" lang="ru">' in page(ask(browse("analyst", "kk"), "реконструкция"))


def test_what_people_wrote_stays_text(browse, user, reports):
    write(KUS, user("reporter.kus"), "<b>Тегін</b> <script>логотип</script>", 14)
    assert "&lt;script&gt;<mark>логотип</mark>&lt;/script&gt;" in page(ask(browse("reporter.kus"), "логотип"))


def test_a_long_text_is_cut_around_what_was_found(browse, user, reports):
    write(KUS, user("reporter.kus"), f"{'бірінші ' * 300}логотип{' соңғы' * 300}", 14)
    [found] = groups(ask(browse("reporter.kus"), "логотип"))["reports"].found
    passage = "".join(text for text, _is_found in found.passage)
    assert len(passage) < 260
    assert re.fullmatch(r"… (бірінші )+логотип( соңғы)+ …", passage)


@pytest.mark.parametrize(
    "question",
    ["%", "_", "\\", "'", '"', "%%% ___", "' OR 1=1 --", "a & b | !c:*", "бала:* & (", "<->", "((", "*", "бала*",
     "\u00ad", "😀", "ﷺ", "½ ², ①", "\ud7ff", "1" * 200, "ж" * 200, "İ ı ß", "<script>"],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_the_page(browse, question):
    response = ask(browse("analyst"), question)
    assert response.status_code == 200
    assert "<script>" not in page(response).split("<main")[1]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("ж" * 10_000, "at most 200 characters"),
        ("бала\x00", "Null characters are not allowed."),
        ("…, —", "Write at least one letter or digit."),
        (" ".join(f"сөз{number}" for number in range(11)), "Write 10 words at most."),
    ],
)
def test_what_cannot_be_looked_for_is_told_at_the_field(browse, question, told):
    response = ask(browse("analyst"), question)
    assert response.status_code == 200
    assert told in page(response)
    assert 'href="#id_q"' in page(response)


@pytest.mark.parametrize("query", ["", "?q=", "?q=+++"])
def test_without_a_question_the_page_says_what_can_be_found(browse, query):
    text = page(browse("analyst").get(f"{reverse('search')}{query}"))
    assert "The beginning of a word is enough" in text
    assert "error-summary" not in text


def test_where_nothing_is_found_the_page_says_what_to_do(browse):
    text = page(ask(browse("analyst"), "логопед йцукенгшщз"))
    assert "Nothing was found" in text
    assert f'href="{reverse("search")}?q=%D0%BB%D0%BE%D0%B3%D0%BE%D0%BF%D0%B5%D0%B4"' in text


def test_the_box_stands_on_every_page_but_this(browse):
    browser = browse("reporter.akt")
    assert 'class="search-box"' in page(browser.get(reverse("help")))
    assert 'class="search-box"' not in page(ask(browser, "бала"))


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("username", ["coordinator", "reporter.akt"])
def test_the_page_costs_a_fixed_number_of_queries(
    browse, user, times, username, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for period in ("2009-H1", "2008-H2", "2008-H1")[:times]:
            filed(AKT, user("reporter.akt"), period, narrative="Әкімдік балалар туралы хабарлады.")
    browser = browse(username)
    with django_assert_num_queries(QUERIES):
        assert all(group.count for group in groups(ask(browser, "балалар")).values())
    with django_assert_num_queries(QUERIES_SLIPPED):
        assert all(group.count for group in groups(ask(browser, "баларар")).values())
    with django_assert_num_queries(QUERIES_NOTHING):
        ask(browser, "йцукенгшщз")


def test_saving_an_entry_remembers_only_words_that_are_new_to_it(
    user, django_capture_on_commit_callbacks, django_assert_num_queries
):
    submission = submission_of(AKT)
    write_all(submission, user("reporter.akt"))
    with django_capture_on_commit_callbacks() as callbacks:
        write(AKT, user("reporter.akt"), "Жұмыс жүргізілді. Логопед келді.", 14)
    [remember] = callbacks
    with django_assert_num_queries(1) as asked:
        remember()
    assert "логопед" in asked[0]["sql"]
    assert "журги" not in asked[0]["sql"]
    with django_capture_on_commit_callbacks() as callbacks:
        write(AKT, user("reporter.akt"), "Логопед келді.", 14)
    assert callbacks == []


def test_the_plan_is_narrowed_by_the_same_words(browse, programme):
    response = browse("analyst").get(reverse("plan", args=[programme.slug]), {"words": "тузету жанарту"})
    assert [activity.ordinal for activity, _phrases in response.context["rows"]] == [14]
    assert list(Activity.objects.search("")) == list(Activity.objects.all())
    assert [term.word for term in terms("түзету")] == ["тузету"]
