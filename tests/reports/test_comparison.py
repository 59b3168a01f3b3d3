"""A filing beside another one: what counts as different, and that nothing typed becomes mark-up."""

import json
import time

import pytest
from django.utils import translation

from reports import review
from reports.comparison import Against, Mark, available, compare_facts, compared_entries
from reports.models import SubmissionCopy
from reports.reading import Fact, activities_by_ordinal, all_facts, readable

from .scenes import file_report, filed, submission_of, write_all


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def texts(before, now, key="narrative"):
    return compare_facts(Fact((key,), "Text", before), Fact((key,), "Text", now))


def test_changed_words_are_marked_on_both_sides():
    found = texts("Аймақта 12 балабақша ашылды.", "Аймақта 15 балабақша ашылды.")
    assert found.mark == Mark.CHANGED
    assert found.before == ('Аймақта <del><span class="visually-hidden">removed: </span>12</del> балабақша ашылды.')
    assert found.now == 'Аймақта <ins><span class="visually-hidden">added: </span>15</ins> балабақша ашылды.'


def test_kazakh_letters_are_letters():
    same = "Әкімдік өңірде қызмет көрсетті, үйірме ұйымдастырды, һәм "
    found = texts(f"{same}ғылым", f"{same}білім")
    assert found.before == f'{same}<del><span class="visually-hidden">removed: </span>ғылым</del>'
    assert found.now == f'{same}<ins><span class="visually-hidden">added: </span>білім</ins>'


def test_line_breaks_and_blanks_alone_are_no_difference():
    found = texts("Бірінші жол.\nЕкінші жол.", "Бірінші  жол.\n\nЕкінші жол. ")
    assert found.mark == Mark.SAME


@pytest.mark.parametrize("key", ["narrative", "document"])
def test_what_was_typed_never_becomes_markup(key):
    hostile = '<script>alert("1")</script> & <b>қалың</b> {{ x }} мәтін тұр осында'
    for before, now in [(hostile, hostile + " тағы"), ("a", hostile), (hostile, "a"), (hostile, hostile)]:
        found = texts(before, now, key)
        for side in (found.before, found.now):
            assert "<script" not in side
            assert "<b>" not in side
    for found in (compare_facts(None, Fact((key,), "", hostile)), compare_facts(Fact((key,), "", hostile), None)):
        assert "<script" not in found.before + found.now
        assert "&lt;script&gt;" in found.before + found.now


def test_texts_with_little_in_common_are_called_rewritten():
    found = texts("Семинар өтті.", "Облыс бойынша жаңа орталық салынып жатыр, құрылыс қарқынды.")
    assert found.mark == Mark.REWRITTEN
    assert "<ins>" not in found.now


def test_a_long_text_does_not_hold_the_page():
    words = [f"сөз{number % 97}" for number in range(3_000)]
    started = time.monotonic()
    texts(" ".join(words), " ".join(reversed(words)))
    texts("ә " * 10_000, "ә " * 9_999)
    assert time.monotonic() - started < 5


def test_answers_that_came_or_went_are_told_from_changed_ones():
    came, gone = compare_facts(None, Fact(("reason",), "Reason", "x")), compare_facts(Fact(("a",), "A", "x"), None)
    assert (came.mark, came.before, came.now) == (Mark.ADDED, "", "x")
    assert (gone.mark, gone.before, gone.now) == (Mark.GONE, "x", "")
    changed = compare_facts(Fact(("status",), "Status", "done"), Fact(("status",), "Status", "in progress"))
    assert changed.mark == Mark.CHANGED
    assert "<del>" in changed.before
    assert "<ins>" in changed.now


@pytest.fixture
def last(user):
    """Aktobe's accepted report of the half-year before."""
    submission = filed("akimat-akt", user("reporter.akt"), "2008-H2", spent="2.000", narrative="Екі семинар өтті.")
    review.accept(submission=submission, by=user("coordinator"))
    return submission.copies.get()


def facts_of(entries, ordinal=14):
    found = next(one for one in entries if one.entry["activity"].ordinal == ordinal)
    return {fact.label: fact for fact in found.facts}


def test_entries_are_compared_by_text_money_and_indicators(user, django_assert_num_queries):
    submission = filed("akimat-akt", user("reporter.akt"), spent="2.000", narrative="Екі семинар өтті.")
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="14-жол")
    write_all(submission, user("reporter.akt"), spent="5.250", narrative="Үш семинар өтті.")
    file_report(submission, user("reporter.akt"))
    submission = submission_of("akimat-akt")
    first, second = submission.copies.all()
    with django_assert_num_queries(3):
        entries = compared_entries(second, submission, first)
    facts = facts_of(entries)
    assert facts["Status"].mark == Mark.SAME
    assert facts["What was done in the half-year"].mark == Mark.CHANGED
    money = facts["Spent in the half-year: local budgets, 2009"]
    assert "2.000 million tenge" in money.before
    assert "5.250 million tenge" in money.now
    counted = facts["Special correctional educational institutions opened"]
    assert (counted.mark, counted.now) == (Mark.SAME, "0 institutions")
    assert next(one for one in entries if one.entry["activity"].ordinal == 14).differences == 2


def test_without_another_copy_entries_stand_alone(user, last):
    entries = compared_entries(last, last.submission)
    assert entries
    assert all(one.before is None and one.facts == [] for one in entries)


def test_what_it_can_be_read_beside(user, last):
    submission = filed("akimat-akt", user("reporter.akt"))
    first = submission.copies.get()
    assert available(submission, [first]) == {Against.LAST: last, Against.NOTHING: None}
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="17-жол")
    second = file_report(submission, user("reporter.akt"))
    found = available(submission, [first, second])
    assert list(found.items()) == [(Against.FILING, first), (Against.LAST, last), (Against.NOTHING, None)]


def test_a_report_that_is_not_accepted_is_nothing_to_compare_with(user):
    filed("akimat-akt", user("reporter.akt"), "2008-H2")
    submission = filed("akimat-akt", user("reporter.akt"))
    assert list(available(submission, [submission.copies.get()])) == [Against.NOTHING]


def old_copy(copy):
    """As copies of version 1 are: no completion, document, indicators, attachments or waivers."""
    data = json.loads(copy.content)
    data["version"] = 1
    del data["waivers"], data["prepared_by"], data["due_on"]
    for entry in data["entries"]:
        for key in ("completed_on", "document", "indicators", "attachments"):
            del entry[key]
    return SubmissionCopy(submission=copy.submission, number=copy.number, content=json.dumps(data))


def test_copies_of_the_first_version_are_read_and_compared(user, last):
    old = old_copy(last)
    submission = filed("akimat-akt", user("reporter.akt"))
    facts = facts_of(compared_entries(submission.copies.get(), submission, old))
    assert facts["Special correctional educational institutions opened"].mark == Mark.ADDED
    entry = readable(old.data["entries"], activities_by_ordinal(submission.period.programme_id))[0]
    assert entry["attachments"] == entry["waivers"] == []
    assert all_facts(entry)[0].label == "Status"


def test_completion_and_document_are_read(user):
    submission = filed("akimat-akt", user("reporter.akt"), status="done")
    entry = next(one for one in submission.copies.get().data["entries"] if one["document"])
    labels = {fact.label: fact.text for fact in all_facts(entry)}
    assert labels["Completion date"] == "30 June 2009"
    assert labels["Document"].endswith("№ 1, 30 June 2009")
