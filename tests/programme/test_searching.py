"""What a question means: the same words on every keyboard, in every form, and with a slip or two."""

import random

import pytest
from django.apps import apps

from activities.models import Activity
from programme import searching
from programme.migrations._words import fill
from programme.models import Agency, Word
from programme.searching import terms
from programme.words import refresh, seen, tokens, words, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Қазақстан БАЛАЛАРЫ", ["казакстан", "балалары"]),
        ("Казакстан балалары", ["казакстан", "балалары"]),
        ("Ғылым, өңір, ұйым, үкімет, әкімдік, Һ", ["гылым", "онир", "уйым", "укимет", "акимдик", "х"]),
        ("ёлка ЁЛКА елка", ["елка"] * 3),
        ("іс-шара", ["ис", "шара"]),
        ("№1245 қаулы", ["1245", "каулы"]),
        ("балалар\u00adдың\ufeff", ["балалардын"]),
        ("раи\u0306он", ["район"]),
        ("ﬁnal", ["final"]),
        ("а" * 70, ["а" * 60]),
        ("…, — % _ \\ ' \x00", []),
    ],
)
def test_words_are_the_same_on_every_keyboard(written, folded):
    assert words(written) == folded


def test_tokens_of_a_text_as_it_looks_fold_to_its_words():
    text = seen("Бала\u00adлар, раи\u0306он №1245: ﬁnal")
    assert [word for _at, _end, token in tokens(text) for word in words(token)] == words(text)


@pytest.mark.parametrize(
    ("asked", "other_form"),
    [
        ("мектептерде", "мектеп"),
        ("мектеп", "мектебінде"),
        ("кітаптар", "кітабы"),
        ("балаларының", "бала"),
        ("бала", "балаларға"),
        ("облысының", "облыс"),
        ("ұйымдардан", "ұйымға"),
        ("детей", "дети"),
        ("дети", "детский"),
        ("учреждениях", "учреждение"),
        ("МЕРЫ", "мера"),
        ("schools", "school"),
        ("оңалт", "оңалту"),
    ],
)
def test_a_word_is_found_by_its_beginning_and_by_its_other_forms(asked, other_form):
    [term] = terms(asked)
    assert term.fits(words(other_form)[0])


@pytest.mark.parametrize(
    ("asked", "other_word"),
    [("бала", "балл"), ("шара", "шарт"), ("қала", "калькуляция"), ("ана", "анкета"), ("а", "алдын"), ("2008", "2009")],
)
def test_a_short_word_keeps_its_last_letter(asked, other_word):
    [term] = terms(asked)
    assert not term.fits(words(other_word)[0])


def test_terms_are_the_distinct_words_and_each_form_is_wider_than_the_one_before():
    found = terms("Мектептерде МЕКТЕПТЕРДЕ бала")
    assert [term.word for term in found] == ["мектептерде", "бала"]
    assert found[0].forms == ("мектептерде", "мектептерде*", "мекте*")
    assert found[1].forms == ("бала", "бала*")


@pytest.mark.parametrize(
    ("asked", "known", "meant"),
    [
        ("мекетп", "мектеп", "мектеп"),
        ("кітпа", "кітап", "китап"),
        ("меектеп", "мектеп", "мектеп"),
        ("нектеп", "мектеп", "мектеп"),
        ("шкла", "школа", "школа"),
        ("реабелитацыя", "реабилитация", "реабилитация"),
        ("реобил", "реабилитация", "реабил*"),
    ],
)
def test_slips_of_the_keyboard_are_understood(asked, known, meant):
    [term] = terms(asked)
    [known] = words(known)
    assert not term.fits(known)
    assert meant in searching.meant(term, ["облыс", known])


@pytest.mark.parametrize(
    ("asked", "known"),
    [("үй", "үш"), ("ана", "ата"), ("қалта", "қолма"), ("мектеп", "сектор"), ("абвг", "бавгдежз")],
)
def test_what_differs_by_more_is_another_word(asked, known):
    [term] = terms(asked)
    assert searching.meant(term, words(known)) == ()


def test_the_nearest_come_first_and_no_more_than_so_many():
    [term] = terms("логопед")
    one_slip, others = "логопет", [f"лог{letter}пед" for letter in "абвгдежзиклмн"]
    found = searching.meant(term, [*others, "логопедр", one_slip, "логапетр"])
    assert len(found) == searching.MOST_MEANT
    assert found == tuple(sorted([*others, one_slip])[: searching.MOST_MEANT])
    [term] = terms("гастролер")
    found = searching.meant(term, ["гострлер", "гастралер"])
    assert found.index("гастралер") < found.index("гострлер")


def test_numbers_are_not_taken_for_other_numbers(db):
    Word.objects.bulk_create([Word(text="abc2009")])
    wanted = terms("abc2008")
    assert searching.as_meant(wanted) == wanted


def slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    letter = chance.choice("абекносту")
    return chance.choice(
        [
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        ]
    )


def test_the_candidates_lose_nothing(db):
    chance = random.Random(1245)  # noqa: S311
    known = list(Word.objects.order_by("text").values_list("text", flat=True))
    assert len(known) > 1_000
    for word in chance.sample(known, 120):
        part = word[: chance.randint(4, 12)]
        asked = slipped(slipped(part, chance), chance) if len(part) >= 8 else slipped(part, chance)
        if len(asked) < 4:
            continue
        [term] = terms(asked)
        near = Word.objects.filter(searching.candidates(term.word)).order_by("text").values_list("text", flat=True)
        assert searching.meant(term, list(near)) == searching.meant(term, known), asked


def found(question: str) -> list[str]:
    wanted = terms(question)
    rows = Agency.objects.filter(searching.matching(wanted)).order_by(searching.rank(wanted), "ordinal")
    return [agency.code for agency in rows]


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("ақтөбе", ["akimat-akt"]),
        ("АКТОБЕ", ["akimat-akt"]),
        ("Актюбинской", ["akimat-akt"]),
        ("бғм", ["moes"]),
        ("Алматы қаласы", ["akimat-ala"]),
        ("моh", []),
        ("moh", ["moh"]),
        ("special-olympics", ["special-olympics"]),
    ],
)
def test_rows_are_found_by_all_of_the_words(db, question, codes):
    assert found(question) == codes


def test_the_word_itself_comes_before_its_beginning_and_that_before_other_forms_and_slips(db):
    names = ["Мектебі", "Мектептер", "Мектеп", "Мелтеп"]
    for place, name in enumerate(names):
        Agency.objects.create(code=f"b{place}", ordinal=900 + place, kind="civil", name_kk=name, short_name_kk="")
    Word.objects.bulk_create([Word(text="мелтеп")], ignore_conflicts=True)
    assert found("мектеп") == ["b2", "b1", "b0"]
    wanted = searching.as_meant(terms("мектеп"))
    rows = Agency.objects.filter(searching.matching(wanted)).order_by(searching.rank(wanted), "ordinal")
    assert [agency.code for agency in rows] == ["b2", "b1", "b0", "b3"]


def test_every_save_derives_the_words_anew(db):
    agency = Agency.objects.get(code="moh")
    agency.short_name_en = "Health & Co"
    agency.save()
    assert found("co health") == ["moh"]
    Agency.objects.bulk_create(
        [Agency(code="x1", ordinal=99, kind="civil", name_kk="Жұлдыз Ғылым", short_name_kk="ЖҒ")]
    )
    assert found("жулдыз гылым") == ["x1"]
    new = Agency.objects.get(code="x1")
    assert words_of(new) == {"жулдыз", "гылым", "жг", "x1"}
    new.name_kk = "Басқа"
    refresh(new)
    Agency.objects.bulk_update([new], ["name_kk", "words"])
    assert (found("баска"), found("жулдыз")) == (["x1"], [])


def test_rows_that_stood_before_are_given_their_words(db):
    before = list(Activity.objects.order_by("pk").values_list("words", "title_words"))
    Activity.objects.update(words="", title_words="")
    Word.objects.all().delete()
    fill(apps, "activities", "Activity", "title_words", "words")
    after = list(Activity.objects.order_by("pk").values_list("words", "title_words"))
    assert [[set(text.split()) for text in row] for row in after] == [
        [set(text.split()) for text in row] for row in before
    ]
    assert Word.objects.filter(text="балалар").exists()


def test_words_are_remembered_once_and_only_those_that_can_be_mistyped(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        searching.remember(["жаңасөз", "қб", "2009", "балалар"])
        searching.remember(["жаңасөз"])
    assert Word.objects.filter(text__in=["жаңасөз", "қб", "2009"]).count() == 1
    with django_capture_on_commit_callbacks() as callbacks:
        searching.remember(["қб"])
    assert callbacks == []


def test_loading_a_programme_makes_its_words_known(db):
    assert set(words("Балаларды асырап алу; опека над несовершеннолетними")) - set(
        Word.objects.values_list("text", flat=True)
    ) <= {"опека", "над", "несовершеннолетними"}
