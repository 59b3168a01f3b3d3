import pytest

from programme.source_lines import parse_lines, passages_of, passages_of_list


@pytest.mark.parametrize(
    ("spans", "query"),
    [
        ({"text": "120-125"}, "120-125"),
        ({"text": "36[17:],37[17:]", "label": "36[:17],37[:17]"}, "36-37"),
        ({"issuer": "12[22:55]", "note": "211[16:],212"}, "12,211-212"),
        ({"a": "5", "b": "8", "c": "12"}, "5-8,12"),
        ({"later": "20", "earlier": "3"}, "3,20"),
    ],
)
def test_near_spans_become_one_passage(spans, query):
    assert passages_of(spans).query == query


def test_one_field_can_be_asked_for():
    spans = {"text": "1013", "passport_text": "143-145"}
    assert passages_of(spans, "text").query == "1013"
    assert passages_of(spans, "other") is None
    assert passages_of({}) is None


def test_a_finding_lists_its_lines():
    found = passages_of_list(["94", 976, "2425-2426"])
    assert found.query == "94,976,2425-2426"
    assert found.shown == "94, 976, 2425–2426"
    assert found.first == 94
    assert not found.is_one_line
    assert passages_of_list([]) is None


def test_people_may_write_spaces_and_dashes():
    found = parse_lines(" 130, 120 – 125", last_line=200)
    assert found.ranges == ((120, 125), (130, 130))
    assert 121 in found
    assert 126 not in found


@pytest.mark.parametrize("text", ["", "0", "201", "9-3", "a", "1;2", "1[2:]", "1-2-3"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_lines(text, last_line=200)
