"""An outline written by hand with every kind of block, for the documents that are laid out on paper."""

import datetime
import re
from decimal import Decimal

from reports.documents.blocks import (
    Answer,
    Cell,
    Column,
    Figure,
    MoneyLine,
    Outline,
    Paragraph,
    Part,
    Picture,
    Plan,
    PlanRow,
    Prose,
    Row,
    Table,
    Voice,
    Voices,
)

KAZAKH_LETTERS = "әғқңөұүһі ӘҒҚҢӨҰҮҺІ"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 60" width="300" height="60">'
    '<rect x="90" y="10" width="200" height="30" fill="#1f4e79"/><text x="5" y="30" font-size="12">Ақтөбе</text></svg>'
)


def plan_row(ordinal: int = 1, **fields) -> PlanRow:
    given = {
        "ordinal": ordinal,
        "number": str(ordinal),
        "title": f"Іс-шара {ordinal}",
        "completion_form": "Ақпарат",
        "responsible": "БҒМ (жинақтау)",
        "deadline": "2008 жылғы 20 қаңтар",
        "outcomes": ["20.01.2008: мерзімі сақталды"],
        "cost": "",
        "money": [money("республикалық бюджет", "1,500", "0,250", "0,750")],
        "state": "done",
        "state_label": "Орындалды",
        "counts": [Figure("орындалды: 2")],
        "done": [Paragraph("", "Семинар өтті.", "kk"), Paragraph("Причина", "Письмо направлено.", "ru")],
        "indicators": [Figure("Ашылған үйлер: 3")],
    }
    return PlanRow(**given | fields)


def money(source: str, *amounts: str) -> MoneyLine:
    return MoneyLine(source, *(Cell(Decimal(amount.replace(",", ".")), amount, True) for amount in amounts))


def answer(**fields) -> Answer:
    given = {
        "who": "Ақтөбе облысының әкімдігі",
        "names": "",
        "role": "жинақтау",
        "state": "done",
        "state_label": "Орындалды",
        "period": "2008 жылғы бірінші жартыжылдық",
        "spent": Figure("0,250"),
        "paragraphs": [Paragraph("", "Үй ашылды.", "kk")],
    }
    return Answer(**given | fields)


def table(rows: int = 3) -> Table:
    columns = [Column("Өңір", "text", 100), Column("Жоспарланды", "money", 40)]
    lines = [Row([Cell(f"Өңір {n}", f"Өңір {n}", False), Cell(Decimal(n), f"{n},000", True)]) for n in range(rows)]
    total = Row([Cell("Жиыны", "Жиыны", False), Cell(Decimal(rows), f"{rows},125", True)], is_total=True)
    return Table("regions", "Өңірлер бойынша қаражат", columns, [*lines, total])


def plan(*rows: PlanRow) -> Plan:
    head = [
        "№",
        "Іс-шара",
        "Нысаны",
        "Жауаптылар",
        "Мерзімі",
        "Жоспар",
        "Жартыжылдықта",
        "Басынан",
        "Жай-күйі",
    ]
    return Plan("section-1", [*head, "Не істелді"], list(rows) or [plan_row()])


def voices(*said: Voice) -> Voices:
    head = ["Орган", "Не істелді; себебі", "Жұмсалды", "Жай-күйі"]
    return Voices("voices", head, list(said) or [Voice(1, "1", "Іс-шара бір", [answer()])])


def outline(parts: list[Part] | None = None, **fields) -> Outline:
    picture = Picture("states", "Іс-шаралар жай-күйі бойынша", "Орындалды: 15. Орындалуда: 12.", SVG, 160)
    given = {
        "language": "kk",
        "addressee": "Қазақстан Республикасының Үкіметіне",
        "author": "Қазақстан Республикасы Білім және ғылым министрлігі",
        "heading": "Жиынтық ақпарат бағдарламаның барысы туралы",
        "title": "Жиынтық ақпарат",
        "subject": "бағдарламаның іске асырылуы туралы",
        "period": "2008 жылғы екінші жартыжылдық",
        "facts": [("Бағдарлама", "«Қазақстан балалары»"), ("Жасалған күні", "2009 жылғы 20 қаңтар")],
        "demonstration": "Көрсетілім деректері",
        "compiled_on": datetime.date(2009, 1, 20),
        "contents": "Мазмұны",
        "fingerprint": "SHA-256: " + "ab" * 32,
        "parts": parts
        or [
            Part("introduction", "1. Кіріспе", 1, [Prose([Paragraph("", f"Мәтін {KAZAKH_LETTERS}", "kk")])]),
            Part("progress", "2. Сандар", 1, [picture, table()]),
            Part("plan", "3. Іс-шаралар", 1, [], is_landscape=True, starts_page=True),
            Part("section-1", "Бірінші бөлім", 2, [Prose([Paragraph("Ескерту", "Қысқа.", "kk")]), plan()], True),
            Part("annex", "1-қосымша", 1, [table(40)], starts_page=True),
            Part("voices", "2-қосымша", 1, [voices()], is_landscape=True, starts_page=True),
        ],
    }
    return Outline(**given | fields)


def one_part(*blocks, **layout) -> Outline:
    return outline([Part("part", "Жалғыз бөлім", 1, list(blocks), **layout)])


def texts_of(made: Outline) -> set[str]:
    """Every word and figure that a document on paper must show; what stands in one paragraph is one text."""
    found = {made.addressee, made.title, made.subject, made.period, made.contents, made.fingerprint}
    found |= {text for fact in made.facts for text in fact}
    for part in made.parts:
        found.add(part.title)
        for block in part.blocks:
            found |= set(_texts_of_block(block))
    return {text for text in found if text}


def _texts_of_block(block):
    match block:
        case Prose():
            yield from _said(block.paragraphs)
        case Picture():
            yield block.title
        case Table():
            yield block.caption
            yield from (column.label for column in block.columns)
            yield from (cell.text for row in block.rows for cell in row.cells)
        case Plan():
            yield from block.head
            for row in block.rows:
                yield from (row.number, row.title, row.completion_form, row.responsible, row.deadline, row.cost)
                yield from (
                    row.state_label,
                    *row.outcomes,
                    *(figure.text for figure in (*row.counts, *row.indicators)),
                    *_said(row.done),
                )
                for line in row.money:
                    yield from (line.source, line.planned.text, line.spent_half_year.text, line.spent.text)
        case Voices():
            yield from block.head
            for voice in block.voices:
                yield from (voice.number, voice.title)
                for said in voice.answers:
                    yield from (said.who, said.names, said.role, said.period, said.spent.text, said.state_label)
                    yield from _said(said.paragraphs)


def _said(paragraphs: list[Paragraph]):
    for paragraph in paragraphs:
        yield paragraph.label
        yield from paragraph.text.split("\n")


def squeezed(text: str) -> str:
    """Without white space and hyphens: lines end where the column does, and may break a word."""
    return re.sub(r"[\s\u00ad\u200b-]", "", text)
