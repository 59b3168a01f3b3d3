"""The terms of the programme and of reporting on it: the official ones in Kazakh and Russian, a working one in "
"English."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """`code` is its anchor on the page; `meaning` is in the reader's language."""

    code: str
    kk: str
    ru: str
    en: str
    meaning: Promise


GROUPS: dict[Promise, list[Term]] = {
    _("The programme and its texts"): [
        Term(
            "programme",
            "бағдарлама",
            "программа",
            "programme",
            _("What the Government resolved to do, by when and with what money."),
        ),
        Term(
            "passport",
            "бағдарламаның паспорты",
            "паспорт программы",
            "programme passport",
            _("Section 1 of the programme: goal, tasks, dates, financing and expected results in brief."),
        ),
        Term(
            "legal-act",
            "құқықтық акт",
            "правовой акт",
            "legal act",
            _("A law, decree, resolution or order. The programme was approved by a resolution of the Government."),
        ),
        Term("task", "міндет", "задача", "task", _("What must be solved to reach the goal of the programme.")),
        Term("stage", "кезең", "этап", "stage", _("A part of the programme's years with results of its own.")),
        Term(
            "direction",
            "бағыт",
            "направление",
            "direction",
            _("A field of work of section 5; activities of the plan belong to one."),
        ),
        Term("measure", "шара", "мера", "measure", _("What section 5 says is to be done in a direction.")),
        Term(
            "expected-result",
            "күтілетін нәтиже",
            "ожидаемый результат",
            "expected result",
            _("What the programme promises for the end of a stage, mostly as a number."),
        ),
        Term(
            "finding",
            "сәйкессіздік",
            "несоответствие",
            "finding",
            _(
                "A place where the printed text disagrees with itself. It is shown with its figures and never "
                "mended in silence."
            ),
        ),
        Term(
            "translation",
            "жұмыс аудармасы",
            "рабочий перевод",
            "working translation",
            _("A text of the decree in Russian or English. The Kazakh original decides."),
        ),
    ],
    _("The plan"): [
        Term(
            "activity",
            "іс-шара",
            "мероприятие",
            "activity",
            _("A row of the plan: what is to be done, by whom, by when and with what money."),
        ),
        Term(
            "completion-form",
            "аяқталу нысаны",
            "форма завершения",
            "completion form",
            _("The document or report by which an activity is completed."),
        ),
        Term(
            "responsible", "жауапты", "ответственный", "responsible", _("A body that the plan names for an activity.")
        ),
        Term(
            "lead-compiler",
            "жинақтау",
            "свод",
            "lead compiler",
            _("The responsible body that gathers what the other bodies did."),
        ),
        Term(
            "by-agreement",
            "келісім бойынша",
            "по согласованию",
            "by agreement",
            _("A body that is invited to take part. It is never overdue."),
        ),
        Term(
            "deadline",
            "орындалу мерзімі",
            "срок исполнения",
            "deadline",
            _("The day by which an activity must be done, or the days on which it is reported on every year."),
        ),
        Term(
            "indicator",
            "көрсеткіш",
            "показатель",
            "indicator",
            _("What is counted in an activity: schools, children, events. It has a unit and may have a target."),
        ),
        Term(
            "target",
            "нысаналы мән",
            "целевое значение",
            "target",
            _("The number that an indicator is to reach by the end of a stage."),
        ),
        Term(
            "baseline",
            "бастапқы мән",
            "исходное значение",
            "baseline",
            _("Where a number stood before the programme began."),
        ),
    ],
    _("Money"): [
        Term(
            "budget-line",
            "болжамды шығындар",
            "предполагаемые расходы",
            "budget line",
            _("What the plan means to spend on an activity in a year from one source, in million tenge."),
        ),
        Term(
            "funding-source",
            "қаржыландыру көзі",
            "источник финансирования",
            "funding source",
            _("Where the money comes from."),
        ),
        Term(
            "republican",
            "республикалық бюджет",
            "республиканский бюджет",
            "republican budget",
            _("The budget of the whole country."),
        ),
        Term(
            "local", "жергілікті бюджет", "местный бюджет", "local budget", _("The budget of an oblast or of a city.")
        ),
        Term(
            "off-budget",
            "бюджеттен тыс қаражат",
            "внебюджетные средства",
            "off-budget funds",
            _("Money from outside the budgets, such as that of international organisations."),
        ),
        Term(
            "clarified",
            "нақтыланған сома",
            "уточненная сумма",
            "clarified amount",
            _("The amount as a later act set it; the decree says that amounts are clarified with each year's budget."),
        ),
        Term(
            "spent",
            "жұмсалған қаражат",
            "израсходованные средства",
            "spending",
            _("What a body says it spent on a budget line in a half-year."),
        ),
        Term(
            "reconciliation",
            "салыстырып тексеру",
            "сверка",
            "reconciliation",
            _("Sums of the lines beside the totals that the decree prints, with the difference."),
        ),
    ],
    _("Reporting"): [
        Term(
            "half-year",
            "жартыжылдық",
            "полугодие",
            "half-year",
            _("What a report is about: January to June, or July to December."),
        ),
        Term(
            "submission",
            "ақпарат",
            "информация",
            "report",
            _("What a body tells the lead ministry about a half-year: on each activity that it is responsible for."),
        ),
        Term(
            "draft",
            "жоба",
            "черновик",
            "draft",
            _("A report that is being written. Only the body that writes it sees it."),
        ),
        Term(
            "submitted",
            "ұсынылды",
            "представлено",
            "filed",
            _("The body has handed its report in; it is locked, and has a receipt."),
        ),
        Term(
            "returned",
            "пысықтауға қайтарылды",
            "возвращено на доработку",
            "returned for rework",
            _("The coordinator has given the report back with comments; it is to be corrected and filed again."),
        ),
        Term(
            "accepted",
            "қабылданды",
            "принято",
            "accepted",
            _("The coordinator has taken the report; it goes into the consolidated report."),
        ),
        Term(
            "overdue",
            "мерзімі өтіп кетті",
            "просрочено",
            "overdue",
            _("The due day has passed and nothing was filed. The due day itself is on time until midnight."),
        ),
        Term(
            "receipt",
            "қолхат",
            "квитанция",
            "receipt",
            _("Proof of filing: its number, its moment, and the checksum of what was filed."),
        ),
        Term(
            "comment",
            "ескерту",
            "замечание",
            "comment",
            _("What the coordinator asks about a report. It stays open until it is resolved."),
        ),
        Term(
            "extension",
            "мерзімді ұзарту",
            "продление срока",
            "extension",
            _("A later due day for one body, with the act or letter that allows it."),
        ),
        Term(
            "waiver",
            "ерекше рұқсат",
            "освобождение от правила",
            "waiver",
            _("Leave to file although a rule is not met, given by the coordinator with a reason."),
        ),
        Term(
            "consolidated-report",
            "жиынтық ақпарат",
            "сводная информация",
            "consolidated report",
            _("What the lead ministry tells the Government about a half-year, made from the accepted reports."),
        ),
        Term(
            "finalised",
            "түпкілікті қалыптастырылды",
            "окончательно сформировано",
            "finalised",
            _("Two coordinators have closed the consolidated report; it does not change any more."),
        ),
        Term(
            "supplement",
            "толықтыру",
            "дополнение",
            "supplement",
            _("What is sent to the Government after the consolidated report, because reports were accepted later."),
        ),
        Term(
            "checksum",
            "бақылау сомасы",
            "контрольная сумма",
            "checksum (SHA-256)",
            _("64 signs that belong to one content alone: who changes a letter changes them."),
        ),
    ],
    _("Who takes part"): [
        Term(
            "reporter", "жауапты орындаушы", "ответственный исполнитель", "reporter", _("Enters the report of a body.")
        ),
        Term(
            "signatory",
            "қол қоюшы",
            "подписант",
            "signatory",
            _("Reads what the reporter prepared and files it under his own name."),
        ),
        Term(
            "coordinator",
            "үйлестіруші",
            "координатор",
            "coordinator",
            _("Reads, returns or accepts reports at the lead ministry, and compiles the consolidated report."),
        ),
        Term(
            "lead-ministry",
            "жетекші министрлік",
            "ведущее министерство",
            "lead ministry",
            _("The ministry to which all bodies report."),
        ),
        Term("akimat", "әкімдік", "акимат", "akimat", _("The executive of an oblast or of a city.")),
    ],
}

TERMS = {term.code: term for terms in GROUPS.values() for term in terms}
