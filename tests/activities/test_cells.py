import pytest
from django.utils import translation

from activities.cells import phrases, printed_cells

pytestmark = pytest.mark.django_db


def cells(programme, ordinal):
    activity = programme.activities.get(ordinal=ordinal)
    return {cell.column: cell for cell in printed_cells(activity, programme.plan_headings.all())}


def test_a_row_has_seven_cells_with_their_places(programme):
    with translation.override("ru"):
        found = cells(programme, 14)
    assert list(found) == [1, 2, 3, 4, 5, 6, 7]
    assert found[1].kk == "14"
    assert found[4].kk == "Облыс әкімдіктері"
    assert found[4].place == "plan.14.4"
    assert found[4].spans == {"responsible_text": "1604-1606"}
    assert found[2].heading == "Мероприятия"
    assert found[2].kk == "Арнайы түзету білім беру ұйымдарын ашу (қайта жаңарту)"
    assert found[2].text == "Открытие (реконструкция) специальных коррекционных организаций образования"


def test_a_cell_without_print_is_empty(programme):
    found = cells(programme, 20)
    assert found[1].kk == ""
    assert found[1].spans == {}
    assert found[6].kk == ""


def test_phrases_keep_the_printed_order_and_group_their_bodies(programme):
    found = phrases(programme.activities.for_plan().get(ordinal=33))
    assert [phrase.wording for phrase in found][:2] == ["ІІМ (жинақтау)", "Еңбекмині"]
    assert [len(phrase.members) for phrase in found] == [1, 1, 1, 16]
    assert [phrase.is_long for phrase in found] == [False, False, False, True]
    assert found[-1].names_akimats
    assert not found[0].names_akimats


def test_phrases_take_no_query_of_their_own(programme, django_assert_num_queries):
    rows = list(programme.activities.for_plan())
    with django_assert_num_queries(0):
        for row in rows:
            assert phrases(row)
