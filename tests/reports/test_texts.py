"""Texts of the report: what stands where nobody wrote, who may write when, versions, two people at once."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from programme import calendar
from reports import review
from reports.canonical import canonical_json, sha256_of
from reports.consolidation import texts
from reports.consolidation.building import consolidate
from reports.consolidation.drafting import draft
from reports.models import (
    ConsolidatedReport,
    Dispatch,
    Period,
    Proposal,
    ReportText,
    ReportTextRevision,
)
from reports.transitions import Refused

from .scenes import at, filed

PART = "section-3"


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


@pytest.fixture
def save(period, user):
    def store(text, part=PART, language="kk", version=0, by="coordinator"):
        return texts.save(period=period, part=part, language=language, text=text, version=version, by=user(by))

    return store


def fresh(period):
    return Period.objects.select_related("programme__lead_agency").get(pk=period.pk)


def stands(period, part=PART):
    return consolidate(fresh(period))["texts"][part]


def freeze(period, user, number=1):
    report = consolidate(fresh(period))
    return ConsolidatedReport.objects.create(
        period=period,
        number=number,
        content=canonical_json(report),
        sha256=sha256_of(canonical_json(report)),
        finalised_at=calendar.now(),
        finalised_by=user("coordinator2"),
    )


def dispatch(frozen, user):
    return Dispatch.objects.create(
        report=frozen,
        number=f"1-{frozen.number}",
        dated="2009-07-20",
        addressee="Үкімет",
        at=calendar.now(),
        by=user("coordinator2"),
    )


def test_every_part_has_a_text_in_every_language(period):
    report = consolidate(period)
    assert list(report["texts"]) == texts.parts_of(report)
    assert all(set(found) == {"kk", "ru", "en"} and all(found.values()) for found in report["texts"].values())


def test_an_unwritten_part_stands_as_its_draft(period):
    report = consolidate(period)
    assert report["texts"][PART]["ru"] == draft(report, PART, "ru")


def test_texts_cost_one_query_however_many_there_are(period, save):
    report = consolidate(period)
    for part in ("introduction", "section-1", "activity-3"):
        with CaptureQueriesContext(connection) as queries:
            texts.of_report(fresh(period), report)
        assert len(queries) == 2, "the half-year itself and its texts"
        save("Мәтін", part=part)


def test_what_is_written_in_a_language_stands_in_it(period, save):
    save("Қазақша мәтін")
    save("Русский текст", language="ru")
    assert stands(period) == {"kk": "Қазақша мәтін", "ru": "Русский текст", "en": "Қазақша мәтін"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["ru", "en"], {"kk": "ru", "ru": "ru", "en": "en"}),
        (["en"], {"kk": "en", "ru": "en", "en": "en"}),
        (["kk", "en"], {"kk": "kk", "ru": "kk", "en": "en"}),
    ],
)
def test_where_a_language_is_missing_the_kazakh_then_the_russian_text_stands(period, save, written, expected):
    for language in written:
        save(language, language=language)
    assert stands(period) == expected


def test_each_save_is_a_version_with_its_writer(period, save, user):
    save("Бірінші")
    save("Екінші", version=1, by="coordinator2")
    assert [(row.version, row.content, row.by.username) for row in ReportTextRevision.objects.order_by("version")] == [
        (1, "Бірінші", "coordinator"),
        (2, "Екінші", "coordinator2"),
    ]
    row = ReportText.objects.get()
    assert (row.text, row.version, row.updated_by) == ("Екінші", 2, user("coordinator2"))


def test_saving_the_same_twice_stores_nothing_and_meets_no_conflict(save):
    save("Мәтін")
    save("Мәтін")
    save(" Мәтін\n", version=7)
    assert ReportTextRevision.objects.count() == 1


def test_saving_the_draft_is_writing_nothing(period, save):
    save(draft(consolidate(period), PART, "kk"))
    save("", part="section-4")
    assert not ReportText.objects.exists()


def test_saving_what_another_language_lends_is_writing_nothing(save):
    save("Қазақша мәтін")
    save("Қазақша мәтін", language="ru")
    assert list(ReportText.objects.values_list("language", flat=True)) == ["kk"]


@pytest.mark.parametrize("emptied", ["", " \n\t\xa0 "])
def test_an_emptied_text_goes_back_to_the_draft(period, save, emptied):
    save("Мәтін")
    save(emptied, version=1)
    assert stands(period)["kk"] == draft(consolidate(period), PART, "kk")
    assert [row.content for row in ReportTextRevision.objects.order_by("version")] == ["Мәтін", ""]


def test_the_second_of_two_who_wrote_at_once_is_told_what_the_first_saved(period, save):
    save("Менікі")
    with pytest.raises(texts.Conflict) as conflict:
        save("Сенікі", by="coordinator2")
    assert conflict.value.theirs.text == "Менікі"
    assert conflict.value.theirs.updated_by.username == "coordinator"
    assert stands(period)["kk"] == "Менікі"
    save("Екеуі", version=1, by="coordinator2")
    assert stands(period)["kk"] == "Екеуі"


def test_two_who_write_different_parts_or_languages_do_not_meet(period, save):
    save("Бірінші")
    save("Второй", language="ru", by="coordinator2")
    save("Үшінші", part="section-4", by="coordinator2")
    assert stands(period)["kk"] == "Бірінші"
    assert stands(period)["ru"] == "Второй"
    assert stands(period, "section-4")["kk"] == "Үшінші"


@pytest.mark.parametrize("who", ["analyst", "administrator", "reporter.moes", "reporter.akt"])
def test_only_coordinators_write(save, who):
    with pytest.raises(Refused):
        save("Мәтін", by=who)
    assert not ReportText.objects.exists()


@pytest.mark.parametrize(
    ("part", "language"),
    [("section-7", "kk"), ("activity-44", "kk"), ("", "kk"), ("section-3 ", "kk"), ("section-3", "de")],
)
def test_there_is_no_other_part_and_no_other_language(save, part, language):
    with pytest.raises(Refused):
        save("Мәтін", part=part, language=language)
    assert not ReportText.objects.exists()


def test_a_text_has_its_limit(save):
    save("ә" * texts.LIMIT)
    with pytest.raises(Refused, match=str(texts.LIMIT)):
        save("ә" * (texts.LIMIT + 1), version=1)


def test_typed_marks_stay_typed(period, save):
    save("<b>Қалың</b> «тырнақша» & \xa0\u2022 \u201cquotes\u201d")
    assert stands(period)["kk"] == "<b>Қалың</b> «тырнақша» & \xa0\u2022 \u201cquotes\u201d"


def test_it_is_remembered_what_a_text_was_begun_from(period, save, user):
    began = draft(consolidate(period), "activity-14", "kk")
    save("Мәтін", part="activity-14")
    review.accept(submission=filed("akimat-akt", user("reporter.akt")), by=user("coordinator"))
    save("Мәтін, жалғасы", part="activity-14", version=1)
    assert ReportText.objects.get().draft == began
    report = consolidate(fresh(period))
    assert draft(report, "activity-14", "kk") != began
    texts.mark_compared(period=period, part="activity-14", language="kk", by=user("coordinator"), report=report)
    row = ReportText.objects.get()
    assert (row.draft, row.version) == (draft(report, "activity-14", "kk"), 2)


def test_texts_are_open_until_the_report_is_handed_over(period, save, user):
    save("Мәтін")
    proposal = Proposal.objects.create(period=period, at=calendar.now(), by=user("coordinator"), digest="")
    with pytest.raises(Refused) as refused:
        save("Кешіккен", version=1)
    assert str(refused.value) == texts.why_locked(period) != ""
    report = consolidate(fresh(period))
    with pytest.raises(Refused):
        texts.mark_compared(period=period, part=PART, language="kk", by=user("coordinator"), report=report)
    proposal.delete()
    assert texts.why_locked(period) == ""
    assert save("Түзетілген", version=1).version == 2


def test_from_finalising_to_sending_texts_are_locked_and_open_again_for_a_supplement(period, save, user):
    with at(2009, 7, 15, 12):
        save("Мәтін")
        frozen = freeze(period, user)
        with pytest.raises(Refused):
            save("Кешіккен", version=1)
        dispatch(frozen, user)
        assert texts.why_locked(period) == ""
        save("Толықтыру үшін", version=1)
        supplement = freeze(period, user, number=2)
        with pytest.raises(Refused):
            save("Тағы", version=2)
        dispatch(supplement, user)
        assert texts.why_locked(period) == ""


def test_another_half_year_that_was_finalised_locks_nothing(period, programme, user):
    freeze(programme.periods.get(code="2008-H2"), user)
    assert texts.why_locked(period) == ""


def test_there_is_nothing_to_write_on_a_half_year_that_has_not_ended_or_has_lapsed(programme, user):
    for code in ("2009-H2", "2011-H1"):
        period = Period.objects.select_related("programme__lead_agency").get(code=code)
        with pytest.raises(Refused):
            texts.save(period=period, part=PART, language="kk", text="Мәтін", version=0, by=user("coordinator"))


def test_a_revision_cannot_be_changed(save):
    save("Мәтін")
    with pytest.raises(IntegrityError, match="immutable"):
        ReportTextRevision.objects.update(content="Басқа")
