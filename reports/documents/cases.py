"""Names and dates in the grammatical cases that an official letter needs, in Kazakh and Russian.

A name is inflected only where its head noun is known here; for any other the functions return None, and the letter
falls back to a wording that needs no case.
"""

import datetime

from django.utils.formats import date_format

# A line does not end between a day and its month.
NBSP = "\u00a0"

# The last word of a body's name in Kazakh, with its possessive ending.
_KAZAKH_HEADS = ("министрлігі", "әкімдігі", "агенттігі", "комитеті", "қызметі", "прокуратурасы", "банкі")
# The first words in Russian; what follows them stands in the genitive already.
_RUSSIAN_DATIVES = {
    "Министерство": "Министерству",
    "Акимат": "Акимату",
    "Агентство": "Агентству",
    "Комитет": "Комитету",
    "Генеральная прокуратура": "Генеральной прокуратуре",
    "Национальный банк": "Национальному банку",
}
# Who issued an act, what he calls it: in Kazakh by the last word, in Russian by the first.
_KAZAKH_ACTS = {"Үкіметі": "қаулысы", "Президенті": "Жарлығы"}
_RUSSIAN_ACTS = {
    "Правительство": ("Правительства", "постановления", "постановлением"),
    "Президент": ("Президента", "Указа", "Указом"),
}
_RUSSIAN_TITLES = {"постановления": "Постановление", "Указа": "Указ"}

# Where and to when: 10 шілдеде, 10 шілдеге.
_KAZAKH_MONTHS = (
    ("қаңтарда", "қаңтарға"),
    ("ақпанда", "ақпанға"),
    ("наурызда", "наурызға"),
    ("сәуірде", "сәуірге"),
    ("мамырда", "мамырға"),
    ("маусымда", "маусымға"),
    ("шілдеде", "шілдеге"),
    ("тамызда", "тамызға"),
    ("қыркүйекте", "қыркүйекке"),
    ("қазанда", "қазанға"),
    ("қарашада", "қарашаға"),
    ("желтоқсанда", "желтоқсанға"),
)
_KAZAKH_NOMINATIVE = (
    "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
    "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан",
)  # fmt: skip
_RUSSIAN_GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def dative(name: str, language: str) -> str | None:
    """The name of a body as the one written to: "Ақтөбе облысының әкімдігіне", "Акимату Актюбинской области"."""
    if language == "kk":
        return f"{name}{_ending(name, 'на', 'не')}" if name.endswith(_KAZAKH_HEADS) else None
    for head, inflected in _RUSSIAN_DATIVES.items():
        if name == head or name.startswith(f"{head} "):
            return inflected + name[len(head) :]
    return None


def kazakh_act(issuer: str) -> tuple[str, str] | None:
    """The issuer in the genitive, and what its acts are called: "Қазақстан Республикасы Үкіметінің", "қаулысы"."""
    *owner, head = issuer.split()
    if head not in _KAZAKH_ACTS:
        return None
    # In a chain of genitives only the last word takes the ending.
    whose = " ".join(owner).replace("Республикасының", "Республикасы")
    return f"{whose} {kazakh_genitive(head)}".strip(), _KAZAKH_ACTS[head]


def russian_act(issuer: str) -> tuple[str, str, str] | None:
    """The issuer in the genitive, and its act in the genitive and in the instrumental."""
    head, _space, rest = issuer.partition(" ")
    if head not in _RUSSIAN_ACTS:
        return None
    whose, *act = _RUSSIAN_ACTS[head]
    return (f"{whose} {rest}".strip(), *act)


def citation(issuer: str, number: str, date: datetime.date, language: str) -> str:
    """An act as it is cited: "Қазақстан Республикасы Үкіметінің 2007 жылғы 21 желтоқсандағы № 1245 қаулысы"."""
    if language == "kk" and (known := kazakh_act(issuer)):
        return f"{known[0]} {kazakh_date(date, 'attributive')} №{NBSP}{number} {known[1]}"
    if language == "ru" and (known := russian_act(issuer)):
        return f"{_RUSSIAN_TITLES[known[1]]} {known[0]} от {russian_date(date)} №{NBSP}{number}"
    return f"{issuer}, {date_format(date, 'DATE_FORMAT')}, №{NBSP}{number}"


def kazakh_genitive(word: str) -> str:
    """Of a word with the possessive ending: Үкіметі, Үкіметінің."""
    return word + _ending(word, "ның", "нің")


def kazakh_dative(word: str) -> str:
    """Of a word with the possessive ending: қаулысы, қаулысына."""
    return word + _ending(word, "на", "не")


def kazakh_date(day: datetime.date, case: str = "nominative") -> str:
    """2009 жылғы 10 шілде; `case`: nominative, locative (шілдеде), dative (шілдеге), attributive (шілдедегі)."""
    at, to = _KAZAKH_MONTHS[day.month - 1]
    month = {
        "nominative": _KAZAKH_NOMINATIVE[day.month - 1],
        "locative": at,
        "dative": to,
        "attributive": at + ("ғы" if at.endswith("а") else "гі"),
    }[case]
    return f"{day.year} жылғы {day.day}{NBSP}{month}"


def russian_date(day: datetime.date) -> str:
    return f"{day.day}{NBSP}{_RUSSIAN_GENITIVE[day.month - 1]} {day.year}{NBSP}года"


def _ending(word: str, hard: str, soft: str) -> str:
    return hard if word.endswith("ы") else soft
