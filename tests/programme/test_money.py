"""Amounts as people type them; the same in all three languages."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from programme.money import MoneyFormField, format_money, parse_money

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234,5", "1234.500"),
        ("1234.5", "1234.500"),
        ("1 234,5", "1234.500"),
        ("1\xa0234,500", "1234.500"),
        ("1\u202f234.5", "1234.500"),
        (" 0 ", "0.000"),
        ("0,061", "0.061"),
        ("999999999,999", "999999999.999"),
    ],
)
def test_comma_and_point_mean_the_same_in_every_language(language, typed, amount):
    with translation.override(language):
        assert MoneyFormField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1.234,5", "two_separators"),
        ("1,234.5", "two_separators"),
        ("1,234,567", "two_separators"),
        ("-1", "negative"),
        ("−0,5", "negative"),
        ("0,0001", "over_precise"),
        ("бес", "not_a_number"),
        ("1e5", "not_a_number"),
        ("=1+1", "not_a_number"),
        (",5", "not_a_number"),
        ("5,", "not_a_number"),
        ("١٢", "not_a_number"),
        ("NaN", "not_a_number"),
        ("1000000000", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_what_cannot_be_read_safely_is_refused(language, typed, code):
    with translation.override(language), pytest.raises(ValidationError) as caught:
        parse_money(typed)
    assert caught.value.code == code


@pytest.mark.parametrize(("language", "shown"), [("kk", "1\xa0218,500"), ("ru", "1\xa0218,500"), ("en", "1,218.500")])
def test_amounts_are_shown_in_the_readers_format(language, shown):
    with translation.override(language):
        assert format_money(Decimal("1218.500")) == shown


@given(
    amount=st.decimals(min_value=0, max_value=Decimal("999999999.999"), places=3),
    language=st.sampled_from(LANGUAGES),
)
def test_what_the_box_shows_is_read_back_the_same(amount, language):
    with translation.override(language):
        field = MoneyFormField()
        assert field.clean(field.prepare_value(amount)) == amount
