"""The official reminder: to whom, when, its number, its words in both languages, and that it never changes."""

import datetime
import hashlib
import io
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from accounts.models import User
from programme.models import Agency, LegalAct, ReportingRule
from reports import letters, review
from reports.documents import cases
from reports.letters import letters_to, write_letter
from reports.models import Letter
from reports.periods import filers
from reports.transitions import Refused

from .scenes import at, filed, submission_of

NBSP = "\u00a0"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

KAZAKH_DATIVES = {
    "moes": "Қазақстан Республикасы Білім және ғылым министрлігіне",
    "moh": "Қазақстан Республикасы Денсаулық сақтау министрлігіне",
    "mia": "Қазақстан Республикасы Ішкі істер министрлігіне",
    "mlsp": "Қазақстан Республикасы Еңбек және халықты әлеуметтік қорғау министрлігіне",
    "mfa": "Қазақстан Республикасы Сыртқы істер министрлігіне",
    "mci": "Қазақстан Республикасы Мәдениет және ақпарат министрлігіне",
    "akimat-akm": "Ақмола облысының әкімдігіне",
    "akimat-akt": "Ақтөбе облысының әкімдігіне",
    "akimat-alm": "Алматы облысының әкімдігіне",
    "akimat-aty": "Атырау облысының әкімдігіне",
    "akimat-vos": "Шығыс Қазақстан облысының әкімдігіне",
    "akimat-zha": "Жамбыл облысының әкімдігіне",
    "akimat-zap": "Батыс Қазақстан облысының әкімдігіне",
    "akimat-kar": "Қарағанды облысының әкімдігіне",
    "akimat-kus": "Қостанай облысының әкімдігіне",
    "akimat-kzy": "Қызылорда облысының әкімдігіне",
    "akimat-man": "Маңғыстау облысының әкімдігіне",
    "akimat-pav": "Павлодар облысының әкімдігіне",
    "akimat-sev": "Солтүстік Қазақстан облысының әкімдігіне",
    "akimat-yuz": "Оңтүстік Қазақстан облысының әкімдігіне",
    "akimat-ast": "Астана қаласының әкімдігіне",
    "akimat-ala": "Алматы қаласының әкімдігіне",
}
RUSSIAN_DATIVES = {
    "moes": "Министерству образования и науки Республики Казахстан",
    "moh": "Министерству здравоохранения Республики Казахстан",
    "mia": "Министерству внутренних дел Республики Казахстан",
    "mlsp": "Министерству труда и социальной защиты населения Республики Казахстан",
    "mfa": "Министерству иностранных дел Республики Казахстан",
    "mci": "Министерству культуры и информации Республики Казахстан",
    "akimat-akm": "Акимату Акмолинской области",
    "akimat-akt": "Акимату Актюбинской области",
    "akimat-alm": "Акимату Алматинской области",
    "akimat-aty": "Акимату Атырауской области",
    "akimat-vos": "Акимату Восточно-Казахстанской области",
    "akimat-zha": "Акимату Жамбылской области",
    "akimat-zap": "Акимату Западно-Казахстанской области",
    "akimat-kar": "Акимату Карагандинской области",
    "akimat-kus": "Акимату Костанайской области",
    "akimat-kzy": "Акимату Кызылординской области",
    "akimat-man": "Акимату Мангистауской области",
    "akimat-pav": "Акимату Павлодарской области",
    "akimat-sev": "Акимату Северо-Казахстанской области",
    "akimat-yuz": "Акимату Южно-Казахстанской области",
    "akimat-ast": "Акимату города Астаны",
    "akimat-ala": "Акимату города Алматы",
}


def write(user, agency="akimat-akt", period="2009-H1", language="kk", by="coordinator"):
    return write_letter(submission=submission_of(agency, period), by=user(by), language=language)


def lines_of(letter) -> list[str]:
    """Everything that is printed, top to bottom, with ordinary spaces."""
    document = Document(io.BytesIO(letter.document))
    section = document.sections[0]
    texts = [paragraph.text for paragraph in section.header.paragraphs]
    texts += ["".join(node.text or "" for node in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))]
    texts += [paragraph.text for paragraph in section.footer.paragraphs]
    return [text.replace(NBSP, " ") for text in texts if text]


# Cases


def test_the_dative_of_every_filer_in_both_languages(programme):
    bodies = list(filers(programme))
    assert {body.code: cases.dative(body.name_kk, "kk") for body in bodies} == KAZAKH_DATIVES
    assert {body.code: cases.dative(body.name_ru, "ru") for body in bodies} == RUSSIAN_DATIVES


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [
        ("Қазақстан Республикасы Бас прокуратурасы", "kk", "Қазақстан Республикасы Бас прокуратурасына"),
        ("Генеральная прокуратура Республики Казахстан", "ru", "Генеральной прокуратуре Республики Казахстан"),
        ("Үкіметтік емес ұйымдар", "kk", None),
        ("Неправительственные организации", "ru", None),
        ("Министерствование", "ru", None),
    ],
)
def test_a_name_whose_head_is_unknown_is_left_alone(name, language, found):
    assert cases.dative(name, language) == found


@pytest.mark.parametrize(
    ("month", "attributive", "dative"),
    [
        (1, "қаңтардағы", "қаңтарға"), (2, "ақпандағы", "ақпанға"), (3, "наурыздағы", "наурызға"),
        (4, "сәуірдегі", "сәуірге"), (5, "мамырдағы", "мамырға"), (6, "маусымдағы", "маусымға"),
        (7, "шілдедегі", "шілдеге"), (8, "тамыздағы", "тамызға"), (9, "қыркүйектегі", "қыркүйекке"),
        (10, "қазандағы", "қазанға"), (11, "қарашадағы", "қарашаға"), (12, "желтоқсандағы", "желтоқсанға"),
    ],
)  # fmt: skip
def test_kazakh_months_take_their_endings(month, attributive, dative):
    day = datetime.date(2009, month, 5)
    assert cases.kazakh_date(day, "attributive") == f"2009 жылғы 5{NBSP}{attributive}"
    assert cases.kazakh_date(day, "dative") == f"2009 жылғы 5{NBSP}{dative}"


def test_acts_are_cited_by_their_issuer():
    assert cases.kazakh_act("Қазақстан Республикасының Үкіметі") == ("Қазақстан Республикасы Үкіметінің", "қаулысы")
    assert cases.kazakh_act("Қазақстан Республикасының Президенті")[1] == "Жарлығы"
    assert cases.russian_act("Правительство Республики Казахстан")[0] == "Правительства Республики Казахстан"
    assert cases.kazakh_act("Біріккен Ұлттар Ұйымы") is None
    assert cases.russian_act("Организация Объединенных Наций") is None


# The document


def test_a_kazakh_letter_reads_as_one(user):
    with at(2009, 7, 15, 10):
        letter = write(user)
    lines = lines_of(letter)
    assert "ҚАЗАҚСТАН РЕСПУБЛИКАСЫ БІЛІМ ЖӘНЕ ҒЫЛЫМ МИНИСТРЛІГІ" in lines
    assert "МИНИСТЕРСТВО ОБРАЗОВАНИЯ И НАУКИ РЕСПУБЛИКИ КАЗАХСТАН" in lines
    assert lines[2:6] == [
        "2009 жылғы 15 шілде",
        "№ 1/2009",
        "Ақтөбе облысының әкімдігіне",
        "2009 жылғы бірінші жартыжылдық бойынша ақпараттың ұсынылмауы туралы",
    ]
    duty, state, request = lines[6:9]
    assert duty == (
        '«2007-2011 жылдарға арналған "Қазақстан балалары" бағдарламасын бекіту туралы» Қазақстан Республикасы '
        "Үкіметінің 2007 жылғы 21 желтоқсандағы № 1245 қаулысының 2-тармағының 2) тармақшасына сәйкес Бағдарламаның "
        "2009 жылғы бірінші жартыжылдықта іске асырылу барысы туралы ақпарат Қазақстан Республикасы Білім және ғылым "
        "министрлігіне 2009 жылғы 10 шілдеге ұсынылуға тиіс болатын."
    )
    assert "2009 жылғы 15 шілдедегі жағдай бойынша аталған ақпарат келіп түскен жоқ" in state
    assert "өткеніне 5 күн болды" in state
    assert reverse("submission", args=[letter.submission_id]) in request
    assert lines[9] == "Вице-министр"
    assert lines[-1].startswith("Орынд.: coordinator")


def test_a_russian_letter_reads_as_one(user):
    with at(2009, 7, 15, 10):
        letter = write(user, "akimat-ast", language="ru")
    lines = lines_of(letter)
    assert lines[2:6] == [
        "15 июля 2009 года",
        "№ 1/2009",
        "Акимату города Астаны",
        "О непредставлении информации за первое полугодие 2009 года",
    ]
    assert lines[6] == (
        "В соответствии с подпунктом 2) пункта 2 постановления Правительства Республики Казахстан "
        "от 21 декабря 2007 года № 1245 «Об утверждении Программы «Дети Казахстана» на 2007-2011 годы» информация "
        "о ходе реализации Программы за первое полугодие 2009 года подлежала представлению Министерству образования "
        "и науки Республики Казахстан к 10 июля 2009 года."
    )
    assert lines[7] == (
        "Однако по состоянию на 15 июля 2009 года указанная информация не поступила. Просрочка составляет 5 дней."
    )
    assert lines[8].startswith("В связи с этим просим незамедлительно представить")
    assert lines[-1].startswith("Исп.: coordinator")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "Ұсынылған ақпарат 2009 жылғы 11 шілдеде пысықтауға қайтарылды"),
        ("ru", "Представленная информация 11 июля 2009 года возвращена на доработку"),
    ],
)
def test_a_letter_about_a_returned_report_says_when_it_was_returned(user, language, expected):
    submission = filed("akimat-akt", user("reporter.akt"))
    # Already the 11th in Almaty, still the 10th in UTC.
    with at(2009, 7, 11, 1):
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    with at(2009, 7, 12, 10):
        text = "\n".join(lines_of(write(user, language=language)))
    assert expected in text
    assert ("2 күн" if language == "kk" else "2 дня") in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "Кейіннен ақпаратты ұсыну мерзімі 2009 жылғы 14 шілдеге дейін ұзартылды (негіздеме: Бұйрық № 5)."),
        ("ru", "Впоследствии срок представления информации был продлен до 14 июля 2009 года (основание: Бұйрық № 5)."),
    ],
)
def test_a_letter_names_the_extension_and_counts_from_it(user, language, expected):
    review.extend(
        submission=submission_of("akimat-akt"),
        by=user("coordinator"),
        due_on=datetime.date(2009, 7, 14),
        reason="Су тасқыны",
        act="Бұйрық № 5",
    )
    with at(2009, 7, 15, 10):
        letter = write(user, language=language)
    assert letter.days_overdue == 1
    assert expected in lines_of(letter)


def test_a_programme_of_other_words_gets_its_letter_too(user, programme):
    """Another issuer, another lead agency, a body whose name is not inflected, a duty outside the act's clauses."""
    LegalAct.objects.filter(kind="approves").update(issuer_kk="Жоғары Кеңес", issuer_ru="Верховный Совет", number="7")
    ReportingRule.objects.update(place="plan")
    Agency.objects.filter(code="moes").update(kind="central", name_kk="Орталық", name_ru="Центр")
    Agency.objects.filter(code="akimat-akt").update(name_kk="Ұйымдар", name_ru="Организации")
    with at(2009, 7, 15, 10):
        kazakh, russian = lines_of(write(user)), lines_of(write(user, language="ru"))
    assert "Кімге: Ұйымдар" in kazakh
    assert "Кому: Организации" in russian
    assert "Басшы" in kazakh
    assert "Руководитель" in russian
    assert "(Жоғары Кеңес, 2007 жылғы 21 желтоқсан, № 7) құқықтық актісіне сәйкес" in kazakh[6]
    assert "В соответствии с правовым актом «Об утверждении" in russian[6]
    assert "подлежала представлению к 10 июля" in russian[6]


def test_a_programme_without_its_act_gets_no_letter(user, programme):
    LegalAct.objects.filter(kind="approves").delete()
    with at(2009, 7, 15, 10), pytest.raises(Refused, match=r"act|акт"):
        write(user)


def test_the_document_is_a4_in_its_language_and_a_serif(user):
    with at(2009, 7, 15, 10):
        document = Document(io.BytesIO(write(user, language="ru").document))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert document.core_properties.language == "ru-RU"
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert next(defaults.iter(qn("w:lang"))).get(qn("w:val")) == "ru-RU"
    assert next(defaults.iter(qn("w:rFonts"))).get(qn("w:ascii")) == "Times New Roman"


def test_made_up_data_is_marked_in_the_document_and_real_data_is_not(user):
    with at(2009, 7, 15, 10):
        assert not any("ойдан алынған" in line for line in lines_of(write(user)))
        User.objects.filter(username="coordinator").update(is_demonstration=True)
        assert lines_of(write(user, "akimat-kus"))[0] == "Көрсетілім деректері: мәтіндер мен сандар ойдан алынған."
        assert "Демонстрационные данные" in lines_of(write(user, "akimat-kus", language="ru"))[0]


# Who, when, which number


@pytest.mark.parametrize("username", ["analyst", "administrator", "reporter.akt", "signatory.akt"])
def test_only_coordinators_write(user, username):
    with at(2009, 7, 15, 10), pytest.raises(Refused):
        write(user, by=username)
    assert not Letter.objects.exists()


def test_a_letter_needs_a_date_that_was_missed(user):
    with at(2009, 7, 10, 23, 59, 59), pytest.raises(Refused):
        write(user)
    with at(2009, 7, 11, 0, 0, 0):
        assert write(user).days_overdue == 1


def test_nobody_who_has_filed_late_gets_a_letter(user):
    with at(2009, 7, 12, 9):
        filed("akimat-akt", user("reporter.akt"))
    with at(2009, 7, 15, 10), pytest.raises(Refused):
        write(user)


def test_no_letter_is_written_about_a_lapsed_half_year(user, programme):
    programme.repealed_on = datetime.date(2009, 7, 1)
    programme.save()
    with at(2009, 7, 15, 10), pytest.raises(Refused):
        write(user)


def test_a_second_click_writes_no_second_letter(user):
    with at(2009, 7, 15, 10):
        write(user)
        with pytest.raises(Refused):
            write(user)
        write(user, language="ru")
    with at(2009, 7, 16, 10):
        assert str(write(user)) == "3/2009"


def test_numbers_run_through_the_year_and_begin_anew_at_its_midnight_in_almaty(user):
    with at(2009, 12, 31, 23, 59, 58):
        assert str(write(user)) == "1/2009"
    with at(2009, 12, 31, 23, 59, 59):
        second = write(user, "moh", "2008-H1")
    with at(2010, 1, 1, 0, 0, 0):
        third = write(user, "akimat-kus")
    assert (str(second), second.dated) == ("2/2009", datetime.date(2009, 12, 31))
    assert (str(third), third.dated) == ("1/2010", datetime.date(2010, 1, 1))
    with at(2009, 12, 31, 23, 59, 59), pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.create(**_row(second))


def _row(letter) -> dict:
    return {field.name: getattr(letter, field.name) for field in letter._meta.concrete_fields if field.name != "id"}


def test_a_number_taken_meanwhile_gives_the_next_one(user, monkeypatch):
    numbers = iter([1, 1, 2])
    monkeypatch.setattr(letters, "_next_number", lambda year: next(numbers))
    with at(2009, 7, 15, 10):
        first, second = write(user), write(user, "akimat-kus")
    assert (str(first), str(second)) == ("1/2009", "2/2009")
    assert "№ 2/2009" in lines_of(second)


def test_a_number_that_stays_taken_fails_and_stores_nothing(user, monkeypatch):
    monkeypatch.setattr(letters, "_next_number", lambda year: 1)
    with at(2009, 7, 15, 10):
        write(user)
        with pytest.raises(IntegrityError):
            write(user, "akimat-kus")
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"number": 9}, {"document": b""}, {"language": "ru"}, {"sha256": "0"}, {"days_overdue": 1}]
)
def test_the_database_refuses_to_change_a_letter(user, change):
    with at(2009, 7, 15, 10):
        letter = write(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**change)


def test_the_bodys_letters_come_newest_first_without_their_documents(user, django_assert_num_queries):
    with at(2009, 7, 15, 10):
        write(user)
        write(user, "akimat-kus")
        write(user, language="ru")
    submission = submission_of("akimat-akt")
    with django_assert_num_queries(1):
        found = [(str(letter), str(letter.by)) for letter in letters_to(submission)]
    assert found == [("3/2009", "coordinator"), ("1/2009", "coordinator")]
    assert "document" in letters_to(submission).first().get_deferred_fields()


# The pages


def test_a_coordinator_writes_a_letter_on_the_page(browse, user):
    browser = browse("coordinator")
    url = reverse("letters", args=[submission_of("akimat-akt").pk])
    with at(2009, 7, 15, 10):
        page = browser.get(url).text
        assert "Write a reminder letter" in page
        assert re.search(r'value="kk"[^>]*checked', page)
        answer = browser.post(url, {"language": "ru"}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    letter = Letter.objects.get()
    assert (letter.language, letter.by) == ("ru", user("coordinator"))
    assert "Letter № 1/2009 has been written" in answer.text
    assert letter.sha256 in answer.text
    assert reverse("letter", args=[letter.pk]) in answer.text


def test_a_second_click_is_answered_not_punished(browse):
    browser = browse("coordinator")
    url = reverse("letters", args=[submission_of("akimat-akt").pk])
    with at(2009, 7, 15, 10):
        browser.post(url, {"language": "kk"})
        answer = browser.post(url, {"language": "kk"}, follow=True)
    assert "already written to this body today" in answer.text
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("language", ["", "en", "xx"])
def test_a_language_that_letters_do_not_have_is_refused(browse, language):
    browser = browse("coordinator")
    with at(2009, 7, 15, 10):
        answer = browser.post(reverse("letters", args=[submission_of("akimat-akt").pk]), {"language": language})
    assert answer.status_code == 422
    assert 'href="#id_language_0"' in answer.text
    assert not Letter.objects.exists()


def test_before_the_date_there_is_no_form(browse):
    page = browse("coordinator").get(reverse("letters", args=[submission_of("akimat-akt").pk])).text
    assert "can be written only while the body is overdue" in page
    assert "Write the letter" not in page


def test_who_reads_everything_reads_the_list_and_has_no_form(browse, user):
    with at(2009, 7, 15, 10):
        letter = write(user)
        page = browse("analyst").get(reverse("letters", args=[letter.submission_id])).text
    assert "№ 1/2009" in page
    assert "Write the letter" not in page


@pytest.mark.parametrize(
    ("username", "status"),
    [("coordinator2", 200), ("analyst", 200), ("reporter.akt", 200), ("reporter.kus", 404), ("reporter.moh", 404)],
)
def test_the_download_is_the_stored_document_byte_for_byte(browse, user, username, status):
    with at(2009, 7, 15, 10):
        letter = write(user)
    User.objects.update(first_name="Басқа")
    answer = browse(username).get(reverse("letter", args=[letter.pk]))
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"] == DOCX
        assert answer["Content-Disposition"] == 'attachment; filename="letter-2009-1-kk.docx"'
        assert answer.content == letter.document
        assert hashlib.sha256(answer.content).hexdigest() == letter.sha256


def test_the_page_costs_a_fixed_number_of_queries(browse, user, django_assert_num_queries):
    browser = browse("coordinator")
    url = reverse("letters", args=[submission_of("akimat-akt").pk])
    with at(2009, 7, 15, 10):
        write(user)
        write(user, language="ru")
        # The frame's four, the report, its letters.
        with django_assert_num_queries(6):
            browser.get(url)
