"""Every list of the API: ordered, with picked fields, and whole as CSV."""

import base64
import csv
import datetime
import io
import json
from itertools import count

import pytest
from django.test import Client
from rest_framework import serializers

from accounts import tokens
from config.api_urls import ENDPOINTS
from programme import flat
from programme.models import Finding

ACTIVITIES = "/api/v1/activities/"


def table(response) -> list[dict]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.getvalue().decode("utf-8")
    assert text.startswith("\ufeff")
    return [*csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


def numbers(response) -> list[int]:
    return [row["number"] for row in response.json()["results"]]


def pointers(response) -> list[str]:
    assert response.status_code == 400
    return [error["pointer"] for error in response.json()["errors"]]


# Order


@pytest.mark.parametrize(
    ("ordering", "first"),
    [
        ("", [1, 2, 3]),
        ("-number", [43, 42, 41]),
        ("section,-number", [5, 4, 3]),
        ("number,-number", [1, 2, 3]),
        (",".join(["section"] * 3000), [1, 2, 3]),
    ],
)
def test_order_is_what_is_asked_for(browse, ordering, first):
    assert numbers(browse("analyst").get(f"{ACTIVITIES}?page_size=3&ordering={ordering}")) == first


@pytest.mark.parametrize("ordering", ["printed_number", "-printed_number"])
def test_what_is_empty_comes_last_in_either_direction(browse, ordering):
    rows = browse("analyst").get(f"{ACTIVITIES}?ordering={ordering}").json()["results"]

    assert [row["printed_number"] for row in rows[-9:]] == [None] * 9
    assert [row["number"] for row in rows[-9:]] == [20, 30, 35, 38, 39, 40, 41, 42, 43]


@pytest.mark.parametrize("ordering", ["title", "programme__goal_kk", "--number", "?"])
def test_order_by_anything_else_is_an_error(browse, ordering):
    assert pointers(browse("analyst").get(f"{ACTIVITIES}?ordering={ordering}")) == ["?ordering"]


@pytest.mark.parametrize("prefix", ENDPOINTS)
def test_every_declared_order_is_one(browse, prefix):
    browser = browse("analyst")

    for name in ENDPOINTS[prefix].ordering_fields:
        assert browser.get(f"/api/v1/{prefix}/?ordering=-{name}").status_code == 200
    assert set(ENDPOINTS[prefix].ordering_fields) <= set(ENDPOINTS[prefix].serializer_class().fields)


# Fields


def test_only_the_fields_that_are_asked_for_in_their_order(browse):
    row = browse("analyst").get("/api/v1/regions/?fields=short_name,code").json()["results"][1]

    assert [*row.items()] == [
        ("short_name", {"kk": "Ақтөбе", "ru": "Актюбинская", "en": "Aktobe"}), ("code", "KZ-AKT"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["json", "csv"])
def test_every_unknown_field_is_named(browse, form):
    response = browse("analyst").get(f"/api/v1/regions/?fields=code,secret,title.kk&format={form}")

    assert pointers(response) == ["?fields", "?fields"]


# CSV


@pytest.mark.parametrize("prefix", ENDPOINTS)
def test_every_list_is_a_table_with_the_same_rows(browse, prefix):
    browser = browse("analyst")

    rows = table(browser.get(f"/api/v1/{prefix}/?format=csv"))

    assert len(rows) == browser.get(f"/api/v1/{prefix}/").json()["count"]


def test_csv_is_what_the_accept_header_asks_for(browse):
    rows = table(browse("analyst").get("/api/v1/regions/", headers={"Accept": "text/csv"}))

    assert rows[1]["code"] == "KZ-AKT"


def test_format_counts_more_than_the_accept_header(browse):
    response = browse("analyst").get("/api/v1/regions/?format=csv", headers={"Accept": "application/json"})

    assert len(table(response)) == 16


def test_nested_fields_are_columns_lists_are_cells(browse):
    row = table(browse("analyst").get(f"{ACTIVITIES}?format=csv"))[13]

    assert row["title.ru"].startswith("Открытие (реконструкция)")
    assert row["due_dates"] == "2009-12-31"
    assert json.loads(row["lines"])[0]["amount"] == "726.247"
    assert row["printed_number"] == "14"


def test_csv_takes_filters_fields_and_order_but_no_pages(browse):
    response = browse("analyst").get(
        "/api/v1/submissions/?format=csv&period=2009-H1&fields=agency,period&ordering=-agency&page_size=1&page=99"
    )

    rows = table(response)
    assert [*rows[0]] == ["agency", "period"]
    assert {row["period"] for row in rows} == {"2009-H1"}
    assert rows[0]["agency"] == "akimat-ala"
    assert len(rows) > 20


def test_negative_numbers_stay_numbers_and_formulas_become_text(browse, programme):
    Finding.objects.create(
        programme=programme, code="X01", ordinal=0, kind="sum", printed="@SUM(A1)", found="-1+1",
        difference="'quoted", statement="=cmd|' /C calc'!A1", treatment="?",
    )  # fmt: skip
    browser = browse("analyst")

    amounts = {(row["source"], row["year"]): row for row in table(browser.get("/api/v1/reconciliation/?format=csv"))}
    assert amounts["local", "2009"]["difference"] == "-9.753"
    assert amounts["off_budget", "2008"]["printed_total"] == ""
    found = table(browser.get("/api/v1/findings/?format=csv"))[0]
    assert (found["statement.en"], found["printed"]) == ("'=cmd|' /C calc'!A1", "'@SUM(A1)")
    assert (found["found"], found["difference"]) == ("'-1+1", "''quoted")


def test_excel_signs_in_with_basic(client, user):
    _token, secret = tokens.make(
        by=user("analyst"), name="Excel", scopes=["read"], expires_on=datetime.date(2009, 7, 31)
    )
    basic = "Basic " + base64.b64encode(f"anybody:{secret}".encode()).decode()

    assert len(table(Client().get("/api/v1/regions/?format=csv", headers={"Authorization": basic}))) == 16


@pytest.mark.parametrize("rows", [1, 30])
def test_csv_costs_the_same_whatever_the_rows(browse, programme, monkeypatch, django_assert_num_queries, rows):
    monkeypatch.setattr(flat, "ROWS_A_PIECE", 10)
    make_findings(programme, rows)
    browser = browse("analyst")

    with django_assert_num_queries(3):
        assert len(table(browser.get("/api/v1/findings/?format=csv"))) == rows


def test_the_headings_wait_for_no_row(browse, django_assert_num_queries):
    pieces = iter(browse("analyst").get("/api/v1/findings/?format=csv").streaming_content)

    with django_assert_num_queries(0):
        assert next(pieces).startswith("\ufeffprogramme,code".encode())


def test_rows_are_read_piece_by_piece_and_not_kept():
    read = []

    def endless():
        for number in count():
            read.append(number)
            yield {"source": "local", "year": number}

    pieces = flat.stream_csv(Row(), endless())

    assert [next(pieces) for _ in range(2)] == [b"\xef\xbb\xbfsource,year\r\n", expected(0)]
    assert len(read) == flat.ROWS_A_PIECE
    assert next(pieces) == expected(flat.ROWS_A_PIECE)
    assert len(read) == 2 * flat.ROWS_A_PIECE


def expected(first: int) -> bytes:
    return "".join(f"local,{number}\r\n" for number in range(first, first + flat.ROWS_A_PIECE)).encode()


class Row(serializers.Serializer):
    source = serializers.CharField()
    year = serializers.IntegerField()


def make_findings(programme, number: int) -> None:
    Finding.objects.filter(programme=programme).delete()
    Finding.objects.bulk_create(
        Finding(programme=programme, code=f"X{i}", ordinal=i, kind="sum", statement="қате " * 5, treatment="?")
        for i in range(number)
    )
