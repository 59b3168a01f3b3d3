"""What an official reminder says, in Kazakh or Russian. Each language has its own sentences: none is a translation."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from programme.models import Agency, LegalAct, ReportingRule

from ..models import Extension, Submission
from . import cases
from .cases import NBSP
from .wording import as_written, days_in_words

_CLAUSE = re.compile(r"act\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class Matter:
    """What the letter is about. `returned_on`: when the report was last given back, None if nothing was filed."""

    submission: Submission
    act: LegalAct
    rule: ReportingRule
    extension: Extension | None
    returned_on: datetime.date | None
    days_overdue: int
    number: str
    dated: datetime.date
    by: User
    address: str

    @property
    def lead_agency(self) -> Agency:
        return self.submission.period.programme.lead_agency


@dataclass(frozen=True)
class LetterText:
    """`letterhead`: the sender's name in Kazakh and in Russian, as the ministry's paper has it."""

    language: str
    letterhead: tuple[str, str]
    demonstration: str
    date: str
    number: str
    addressee: str
    subject: str
    paragraphs: list[str]
    position: str
    executor: str


def letter_text(matter: Matter, language: str) -> LetterText:
    """`language` is kk or ru."""
    with translation.override(language):
        write: Callable[[Matter], LetterText] = {"kk": _kazakh, "ru": _russian}[language]
        return write(matter)


def _kazakh(matter: Matter) -> LetterText:
    period = matter.submission.period
    half = f"{period.year} жылғы {'бірінші' if period.half == 1 else 'екінші'} жартыжылдық"
    recipient = cases.dative(matter.lead_agency.name, "kk")
    duty = (
        f"{_kazakh_basis(matter)} сәйкес Бағдарламаның {half}та іске асырылу барысы туралы ақпарат "
        f"{recipient + ' ' if recipient else ''}{cases.kazakh_date(period.submissions_due, 'dative')} "
        "ұсынылуға тиіс болатын."
    )
    as_of = f"{cases.kazakh_date(matter.dated, 'attributive')} жағдай бойынша"
    late = f"оны ұсыну мерзімінің өткеніне {days_in_words(matter.days_overdue)} болды."
    if matter.returned_on:
        subject = f"{half} бойынша пысықталған ақпаратты қайта ұсыну туралы"
        returned = cases.kazakh_date(matter.returned_on, "locative")
        state = f"Ұсынылған ақпарат {returned} пысықтауға қайтарылды, алайда {as_of} қайта ұсынылған жоқ, {late}"
    else:
        subject = f"{half} бойынша ақпараттың ұсынылмауы туралы"
        state = f"Алайда {as_of} аталған ақпарат келіп түскен жоқ, {late}"
    paragraphs = [duty]
    if matter.extension:
        until = cases.kazakh_date(matter.extension.due_on, "dative")
        paragraphs.append(
            f"Кейіннен ақпаратты ұсыну мерзімі {until} дейін ұзартылды (негіздеме: {matter.extension.act})."
        )
    paragraphs += [
        state,
        f"Осыған байланысты аталған ақпаратты бағдарлама порталы ({matter.address}) арқылы дереу ұсынуды "
        "және оны кешіктіру себептерін жазбаша хабарлауды сұраймыз.",
    ]
    return _text(
        matter,
        "kk",
        date=cases.kazakh_date(matter.dated),
        addressee="Кімге: ",
        subject=subject,
        paragraphs=paragraphs,
        head="Басшы",
        executor="Орынд.",
    )


def _kazakh_basis(matter: Matter) -> str:
    act = matter.act
    known = cases.kazakh_act(act.issuer)
    if known:
        whose, called = known
        cited = f"«{act.title}» {whose} {cases.kazakh_date(act.date, 'attributive')} №{NBSP}{act.number} {called}"
    else:
        cited = f"«{act.title}» ({act.issuer}, {cases.kazakh_date(act.date)}, №{NBSP}{act.number}) құқықтық актісі"
    match _clause(matter.rule):
        case (point, ""):
            return f"{cases.kazakh_genitive(cited)} {point}-тармағына"
        case (point, part):
            return f"{cases.kazakh_genitive(cited)} {point}-тармағының {part}) тармақшасына"
        case _:
            return cases.kazakh_dative(cited)


def _russian(matter: Matter) -> LetterText:
    period = matter.submission.period
    half = f"за {'первое' if period.half == 1 else 'второе'} полугодие {period.year} года"
    recipient = cases.dative(matter.lead_agency.name, "ru")
    duty = (
        f"В соответствии с {_russian_basis(matter)} информация о ходе реализации Программы {half} подлежала "
        f"представлению {recipient + ' ' if recipient else ''}к {cases.russian_date(period.submissions_due)}."
    )
    as_of = f"по состоянию на {cases.russian_date(matter.dated)}"
    late = f"Просрочка составляет {days_in_words(matter.days_overdue)}."
    if matter.returned_on:
        subject = f"О повторном представлении доработанной информации {half}"
        returned = cases.russian_date(matter.returned_on)
        state = (
            f"Представленная информация {returned} возвращена на доработку, однако {as_of} повторно не представлена. "
            f"{late}"
        )
    else:
        subject = f"О непредставлении информации {half}"
        state = f"Однако {as_of} указанная информация не поступила. {late}"
    paragraphs = [duty]
    if matter.extension:
        until = cases.russian_date(matter.extension.due_on)
        paragraphs.append(
            f"Впоследствии срок представления информации был продлен до {until} (основание: {matter.extension.act})."
        )
    paragraphs += [
        state,
        f"В связи с этим просим незамедлительно представить указанную информацию через портал программы "
        f"({matter.address}) и письменно сообщить о причинах задержки.",
    ]
    return _text(
        matter,
        "ru",
        date=cases.russian_date(matter.dated),
        addressee="Кому: ",
        subject=subject,
        paragraphs=paragraphs,
        head="Руководитель",
        executor="Исп.",
    )


def _russian_basis(matter: Matter) -> str:
    act = matter.act
    known = cases.russian_act(act.issuer)
    if known:
        whose, of_act, by_act = known
        details = f"{whose} от {cases.russian_date(act.date)} №{NBSP}{act.number} «{act.title}»"
    else:
        of_act, by_act = "правового акта", "правовым актом"
        details = f"«{act.title}» ({act.issuer}, {cases.russian_date(act.date)}, №{NBSP}{act.number})"
    match _clause(matter.rule):
        case (point, ""):
            return f"пунктом {point} {of_act} {details}"
        case (point, part):
            return f"подпунктом {part}) пункта {point} {of_act} {details}"
        case _:
            return f"{by_act} {details}"


def _clause(rule: ReportingRule) -> tuple[str, str] | None:
    """Clause and subclause of the act that the duty stands in; None if it stands elsewhere."""
    found = _CLAUSE.fullmatch(rule.place)
    return (found[1], found[2] or "") if found else None


def _text(
    matter: Matter,
    language: str,
    *,
    date: str,
    addressee: str,
    subject: str,
    paragraphs: list[str],
    head: str,
    executor: str,
) -> LetterText:
    """What both languages have alike. `addressee` stands before a name that has no dative, `head` signs for a body
    that is no ministry."""
    agency, lead, by = matter.submission.agency, matter.lead_agency, matter.by
    contact = f"{by}, {by.email}" if by.email else str(by)
    return LetterText(
        language=language,
        letterhead=(lead.name_kk, lead.name_ru),
        demonstration=_("Demonstration data: these texts and figures are made up.") if by.is_demonstration else "",
        date=date,
        number=f"№{NBSP}{matter.number}",
        addressee=cases.dative(agency.name, language) or f"{addressee}{agency.name}",
        subject=subject,
        paragraphs=[as_written(paragraph) for paragraph in paragraphs],
        position="Вице-министр" if lead.kind == Agency.Kind.MINISTRY else head,
        executor=as_written(f"{executor}: {contact}"),
    )
