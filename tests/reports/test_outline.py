"""What the consolidated report says, before it is laid out."""

from decimal import Decimal

import pytest

from reports.consolidation.structure import read
from reports.documents.blocks import Picture, Plan, Table, Voices
from reports.documents.outline import outline
from reports.documents.wording import as_written, language_of

pytestmark = pytest.mark.django_db
LANGUAGES = ["kk", "ru", "en"]


def all_activities(report):
    return [activity for section in report["sections"] for activity in section["activities"]]


def blocks(found, kind):
    return [block for part in found.parts for block in part.blocks if isinstance(block, kind)]


def table(found, name):
    return next(block for block in blocks(found, Table) if block.name == name)


def plan_rows(found):
    return {row.ordinal: row for plan in blocks(found, Plan) for row in plan.rows}


def answers_on(found, ordinal):
    return next(voice.answers for voice in blocks(found, Voices)[0].voices if voice.ordinal == ordinal)


def part(found, key):
    return next(part for part in found.parts if part.key == key)


def paragraphs(found, key):
    return [paragraph for block in part(found, key).blocks for paragraph in getattr(block, "paragraphs", [])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_and_annexes_come_in_their_order_and_are_numbered(report, language):
    found = outline(report, language)
    assert [one.key for one in found.parts] == [
        "introduction", "progress", "plan", *(f"section-{n}" for n in range(1, 7)),
        "overdue", "previous", "findings", "conclusion", "regions", "filings", "voices",
    ]  # fmt: skip
    chapters = [one.title for one in found.parts if one.level == 1]
    assert [title.split(".")[0] for title in chapters[:7]] == list("1234567")[: len(chapters[:7])]
    assert all(str(number) in title.split(".")[0] for number, title in enumerate(chapters[-3:], 1))
    assert {one.key for one in found.parts if one.is_landscape} == {
        "plan", *(f"section-{n}" for n in range(1, 7)), "regions", "voices",
    }  # fmt: skip


def test_cover_names_the_act_the_clause_and_the_period(report):
    facts = dict(outline(report, "kk").facts)
    assert "Қазақстан Республикасы Үкіметінің 2007 жылғы 21\u00a0желтоқсандағы №\u00a01245 қаулысы" in facts.values()
    facts = dict(outline(report, "ru").facts)
    assert (
        "Постановление Правительства Республики Казахстан от 21\u00a0декабря 2007\u00a0года №\u00a01245"
        in facts.values()
    )
    assert report["basis"]["ru"] in facts.values()
    assert "1 июля 2008 г. – 31 декабря 2008 г." in facts.values()


def test_money_is_what_the_reporters_entered(demo):
    found = outline(demo.report, "kk")
    assert table(found, "money").rows[-1].cells[3].value == demo.entered.spent
    assert sum(line.spent_half_year.value for row in plan_rows(found).values() for line in row.money) == (
        demo.entered.spent
    )


def test_states_add_up_to_the_plan(report):
    rows = table(outline(report, "en"), "states").rows
    assert rows[-1].cells[1].value == 43 == sum(row.cells[1].value for row in rows[:-1])


def test_money_of_the_regions_adds_up(report):
    found = outline(report, "en")
    local = next(row["planned"] for row in report["money"] if (row["source"], row["year"]) == ("local", 2008))
    assert table(found, "regions").rows[-1].cells[1].value == Decimal(local)
    assert len(table(found, "regions").rows) == 17
    by_activity = table(found, "region-money").rows
    for column in (3, 4, 5):
        activities = sum(row.cells[column].value for row in by_activity if not row.is_total)
        assert activities == sum(row.cells[column].value for row in by_activity if row.is_total) > 0
        assert activities == table(found, "regions").rows[-1].cells[column - 2].value


def test_results_stand_beside_their_targets_and_baseline(report):
    rows = [[cell.value for cell in row.cells[1:]] for row in table(outline(report, "en"), "results").rows]
    assert ["Special correctional educational institutions opened, institutions", 101, 3] in [row[:3] for row in rows]
    assert ["target: 16.7 %", None, None, None, None, None] in rows
    reached = {row[0]: row[4] for row in rows}
    counted = {
        indicator["title"]["en"]: indicator["total"]
        for activity in all_activities(report)
        for indicator in activity["indicators"]
    }
    assert sum(counted.values()) > 0
    assert all(reached[name] == total for title, total in counted.items() for name in reached if title in name)


def test_overdue_are_missed_dates_of_completion_and_delays_never_a_late_report(report):
    rows = table(outline(report, "en"), "overdue").rows
    named = {int(row.cells[0].text.rstrip("*")) for row in rows}
    missed = {
        activity["ordinal"]
        for activity in all_activities(report)
        if activity["counts"].get("delayed")
        or any(day["outcome"] == "missed" and day["kind"] == "one_off" for day in activity["deadlines"])
    }
    assert named == missed
    assert 17 not in named


def test_every_obliged_body_is_named_once_per_activity(report):
    found = outline(report, "kk")
    names = {code: body["short_name"]["kk"] for code, body in report["bodies"].items()}
    assert sorted(plan_rows(found)) == list(range(1, 44))
    for activity in all_activities(report):
        expected = [names[code] for code in activity["missing"]]
        expected += [names[entry["agency"]] for entry in activity["entries"]]
        answers = answers_on(found, activity["ordinal"])
        assert sorted(name for a in answers for name in (a.names or a.who).split(", ") if name) == sorted(expected)


def test_the_same_words_are_said_once(report):
    activity = all_activities(report)[13]
    assert {entry["status"] for entry in activity["entries"]} == {"not_applicable"}
    for entry in activity["entries"]:
        entry["reason"] = "Жоспарда жоқ."
    answers = answers_on(outline(report, "en"), 14)
    assert [answer.who for answer in answers] == [f"{len(activity['entries'])} bodies", "Kyzylorda oblast"]
    assert answers[0].names.startswith("Akmola oblast, Aktobe oblast")


def test_the_lead_comes_first_then_what_is_delayed(report):
    activity = all_activities(report)[0]
    for entry, status in zip(activity["entries"], ["in_progress", "done", "done", "delayed"], strict=True):
        entry["status"] = status
    answers = answers_on(outline(report, "en"), 1)
    assert [answer.state for answer in answers] == ["in_progress", "delayed", "done", "done"]
    assert [answer.role for answer in answers] == ["lead compiler", "", "", ""]


def test_an_answer_of_an_earlier_half_year_says_so(report):
    found = outline(report, "en")
    periods = {answer.period for voice in blocks(found, Voices)[0].voices for answer in voice.answers}
    assert "for the second half of 2007" in periods


def test_rows_without_a_printed_number_are_marked(report):
    numbers = [row.number for row in plan_rows(outline(report, "en")).values()]
    assert [number for number in numbers if "*" in number] == [f"{n}*" for n in (20, 30, 35, 38, 39, 40, 41, 42, 43)]


def test_every_activity_has_a_summary_of_what_was_done(report):
    for language in LANGUAGES:
        assert all(row.done for row in plan_rows(outline(report, language)).values())


def test_a_written_summary_stands_in_its_row_paragraph_by_paragraph(report):
    report["texts"]["activity-3"]["kk"] = "Бірінші абзац.\n\nВторой абзац."
    done = plan_rows(outline(report, "kk"))[3].done
    assert [(paragraph.text, paragraph.language) for paragraph in done] == [
        ("Бірінші абзац.", "kk"),
        ("Второй абзац.", "ru"),
    ]


def test_the_late_and_the_missing_are_named(report):
    named = {paragraph.label: paragraph.text for paragraph in paragraphs(outline(report, "en"), "introduction")}
    assert "Akimat of South Kazakhstan oblast (hereafter South Kazakhstan oblast);" in named["Bodies that report"]
    assert "South Kazakhstan oblast – 6 days" in named["Filed late"]
    assert "– 1 day" in named["Filed late"]
    assert named["Not filed"] == "Kyzylorda oblast – overdue by 10 days"


@pytest.mark.parametrize(
    ("state", "timing", "days", "label", "remark"),
    [
        ("submitted", "on_time", 0, "Filed and not accepted yet", ""),
        ("returned", "overdue", 1, "Returned for rework and not filed again", " – overdue by 1 day"),
        ("draft", "open", 4, "Not filed", " – 4 days left"),
        ("draft", "due_soon", 0, "Not filed", " – due today"),
    ],
)
def test_while_the_window_is_open_it_says_how_each_body_stands(report, state, timing, days, label, remark):
    report["filings"] = [report["filings"][0] | {"state": state, "timing": timing, "days": days, "receipt": None}]
    named = [(p.label, p.text) for p in paragraphs(outline(report, "en"), "introduction") if p.label]
    name, short = (report["bodies"]["moes"][which]["en"] for which in ("name", "short_name"))
    assert named == [("Bodies that report", f"{name} (hereafter {short})"), (label, f"{short}{remark}")]


def test_a_body_is_named_in_full_once(report):
    codes = ["moes", "moh", "moes"]
    report["filings"] = [
        {**report["filings"][0], "agency": code, "state": state, "timing": "late", "days": 1}
        for code, state in zip(codes, ("accepted", "accepted", "submitted"), strict=True)
    ]
    texts = [p.text for p in paragraphs(outline(report, "ru"), "introduction") if p.label]
    full = report["bodies"]["moes"]["name"]["ru"]
    assert sum(text.count(full) for text in texts) == 1
    assert texts[-1] == "МОН"


def test_texts_of_the_decree_fall_back_to_kazakh(report):
    all_activities(report)[0]["title"]["ru"] = ""
    assert plan_rows(outline(report, "ru"))[1].title == all_activities(report)[0]["title"]["kk"]


def test_amounts_of_several_sources_stay_apart(report):
    activity = all_activities(report)[8]
    local = {"source": "local", "year": 2008, "planned": "1.5", "spent_half_year": "0.5", "spent": "0.75"}
    activity["money"].append(local)
    lines = plan_rows(outline(report, "en"))[9].money
    assert [line.source for line in lines] == ["republican budget", "local budgets"]
    assert [cell.text for cell in (lines[1].planned, lines[1].spent_half_year, lines[1].spent)] == [
        "1.500", "0.500", "0.750",
    ]  # fmt: skip


def test_what_changed_since_the_half_year_before_is_told(report):
    found = outline(report, "en")
    names = [block.name for block in part(found, "previous").blocks]
    assert names == ["previous-states", "previous-money", "previous-indicators", "previous-filings"]
    money = table(found, "previous-money").rows
    before = {(change["source"], change["year"]): change for change in report["previous"]["money"]}
    assert [row.cells[2].value for row in money] == [Decimal(one["half_year_before"]) for one in before.values()]


def test_findings_are_those_that_touch_figures(report):
    codes = [row.cells[0].text for row in table(outline(report, "en"), "findings").rows]
    assert {"F01", "F03", "F06", "F09", "F18"} <= set(codes)
    assert not {"F28", "F51", "F58", "F67"} & set(codes)


def test_pictures_say_in_words_what_they_show(report):
    for language in LANGUAGES:
        shown = blocks(outline(report, language), Picture)
        assert [picture.name for picture in shown] == [
            "chart-states",
            "chart-money",
            "map-regions",
            "chart-timeliness",
        ]
        assert all(picture.title and picture.description and picture.svg.startswith("<svg") for picture in shown)


def test_a_report_of_the_first_version_is_still_written(report):
    old = {
        key: report[key]
        for key in ("programme", "period", "basis", "compiled_on", "demonstration", "bodies", "statuses", "money")
    }
    old |= {"version": 1, "regions": report["regions"], "filings": report["filings"]}
    old["filings"] = [{k: v for k, v in filing.items() if k != "due_on"} for filing in report["filings"]]
    later = ("deadlines", "regions", "indicators")
    old["sections"] = [
        section | {"activities": [{k: v for k, v in one.items() if k not in later} for one in section["activities"]]}
        for section in report["sections"]
    ]
    found = outline(old, "kk")
    assert [one.key for one in found.parts if one.level == 1] == [
        "introduction", "progress", "plan", "overdue", "regions", "filings", "voices",
    ]  # fmt: skip
    assert read(old)["filings"][0]["due_on"] == "2009-01-10"


def test_a_half_year_without_any_filing_says_so(nothing_accepted):
    found = outline(nothing_accepted, "en")
    assert plan_rows(found)[1].state_label == "No information received"
    assert [answer.who for answer in answers_on(found, 1)] == ["4 bodies"]


def test_regions_and_money_may_be_empty(report):
    report |= {"regions": [], "money": []}
    assert [row.is_total for row in table(outline(report, "kk"), "regions").rows] == [True]


def test_a_region_without_a_budget_line_is_listed_with_zero(report):
    rows = {row.cells[0].text: row.cells for row in table(outline(report, "en"), "regions").rows}
    assert [cell.text for cell in rows["Akmola oblast"][1:]] == ["0.000", "0.000", "0.000", "—"]


def test_spending_on_a_line_without_a_plan_is_shown_without_a_percentage(report):
    report["money"] = [
        {"source": "off_budget", "year": 2008, "planned": "0.000", "spent_half_year": "1.500", "spent": "1.500"}
    ]
    row = table(outline(report, "en"), "money").rows[0]
    assert [cell.text for cell in row.cells[2:]] == ["0.000", "1.500", "1.500", "—"]


def test_person_text_loses_only_what_no_document_can_hold():
    assert as_written("бір\x0bекі\r\nүш\x00\x1f\tтөрт 😀") == "бір\nекі\nүш\tтөрт 😀"


@pytest.mark.parametrize(("text", "language"), [("Қала", "kk"), ("Город", "ru"), ("City 12", "en")])
def test_language_of_a_text(text, language):
    assert language_of(text) == language
