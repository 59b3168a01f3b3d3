"""What holds for every endpoint: sign-in, paging, filters, the schema. Errors and lists have files of their own."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import validate

from accounts import tokens
from accounts.models import Scope
from config.api_urls import ENDPOINTS
from programme.models import Finding

URLS = [f"/api/v1/{prefix}/" for prefix in ENDPOINTS]
EVERY_URL = ["/api/v1/", "/api/v1/schema/", "/api/v1/submissions/1/", *URLS]

every_list = pytest.mark.parametrize("url", URLS)
every_list_of_a_programme = pytest.mark.parametrize(
    "url", [url for url in URLS if url not in ("/api/v1/agencies/", "/api/v1/regions/")]
)


@pytest.fixture
def with_token(user):
    """A client that sends a token: `with_token("analyst", language="ru")`."""

    def make(username: str, language: str = "en") -> Client:
        owner = user(username)
        owner.language = language
        owner.save()
        _token, secret = tokens.make(by=owner, name=username, scopes=[*Scope], expires_on=datetime.date(2009, 12, 31))
        return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)

    return make


@pytest.mark.parametrize("url", EVERY_URL)
def test_anonymous_gets_401(client, url, db):
    response = client.get(url)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer ")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_authenticated"


@every_list
def test_list_answers_to_a_token(with_token, url):
    response = with_token("analyst").get(url)

    assert response.status_code == 200
    assert list(response.json()) == ["count", "next", "previous", "results"]
    assert not response.cookies


@every_list
def test_list_answers_to_a_session(browse, url):
    assert browse("reporter.akt").get(url).status_code == 200


@every_list
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(with_token, url, method):
    response = getattr(with_token("administrator"), method)(url, {}, content_type="application/json")

    assert response.status_code == 405


def test_root_lists_the_endpoints(browse):
    links = browse("analyst").get("/api/v1/").json()

    assert links == {prefix: f"http://testserver/api/v1/{prefix}/" for prefix in ENDPOINTS}


@pytest.mark.parametrize(("language", "message"), [("ru", "Введите целое число."), ("en", "Enter a whole number.")])
def test_errors_follow_the_language_of_the_tokens_owner(with_token, language, message):
    response = with_token("analyst", language).get("/api/v1/regions/?page=abc")

    assert response.json()["errors"] == [{"pointer": "?page", "detail": message}]
    assert response["Content-Language"] == language


def test_errors_follow_the_language_of_the_session(browse):
    response = browse("analyst", "ru").get("/api/v1/regions/?page=abc")

    assert response.json()["errors"] == [{"pointer": "?page", "detail": "Введите целое число."}]
    assert response["Content-Language"] == "ru"


@every_list
@pytest.mark.parametrize(
    ("query", "field"),
    [("page=abc", "page"), ("page=0", "page"), ("page=last", "page"), ("page_size=0", "page_size"),
     ("page_size=ten", "page_size")],
)  # fmt: skip
def test_wrong_paging_names_the_parameter(browse, url, query, field):
    response = browse("analyst").get(f"{url}?{query}")

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"?{field}"]


@every_list
def test_page_beyond_the_last_is_not_found(browse, url):
    response = browse("analyst").get(f"{url}?page=99")

    assert response.status_code == 404
    assert response.json()["detail"] == "There is no page 99."


def test_pages_link_to_each_other_and_keep_the_filters(browse):
    browser = browse("analyst")
    url = "/api/v1/activities/?programme=children-2007-2011&page_size=20"

    first = browser.get(url).json()
    second = browser.get(first["next"]).json()
    third = browser.get(second["next"]).json()

    assert [len(page["results"]) for page in (first, second, third)] == [20, 20, 3]
    assert first["previous"] is None
    assert third["next"] is None
    rows = [row["number"] for page in (first, second, third) for row in page["results"]]
    assert rows == list(range(1, 44))


def test_page_size_is_capped_at_500(browse, programme):
    Finding.objects.filter(programme=programme).delete()
    Finding.objects.bulk_create(
        Finding(programme=programme, code=f"X{i}", ordinal=i, kind="sum", statement="?", treatment="?")
        for i in range(501)
    )

    answer = browse("analyst").get("/api/v1/findings/?page_size=100000").json()

    assert (answer["count"], len(answer["results"])) == (501, 500)


@every_list_of_a_programme
def test_unknown_programme_is_an_error(browse, url):
    response = browse("analyst").get(f"{url}?programme=children-1999")

    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": "?programme", "detail": "“children-1999” is not known."}]


@every_list_of_a_programme
def test_known_programme_keeps_its_rows(browse, url):
    browser = browse("analyst")

    filtered = browser.get(f"{url}?programme=children-2007-2011").json()

    everything = browser.get(url).json()
    assert (filtered["count"], filtered["results"]) == (everything["count"], everything["results"])


@pytest.fixture
def schema(browse):
    return browse("analyst").get("/api/v1/schema/").json()


def operations(schema) -> list[dict]:
    return [operation for path in schema["paths"].values() for operation in path.values()]


def test_schema_is_valid_openapi_3_1(schema):
    validate(schema)
    assert schema["openapi"].startswith("3.1")


def test_schema_has_every_address(schema):
    known = {f"/api/v1/{prefix}/" for prefix in ENDPOINTS}
    assert known <= set(schema["paths"])
    assert all(path.startswith("/api/v1/submissions/{id}/") for path in set(schema["paths"]) - known)


def test_schema_speaks_the_readers_language(browse):
    summaries = {
        browse("analyst", language).get("/api/v1/schema/").json()["paths"]["/api/v1/periods/"]["get"]["summary"]
        for language in ("kk", "ru", "en")
    }
    assert len(summaries) == 3


def test_schema_generates_without_warnings(tmp_path, db):
    call_command("spectacular", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_schema_describes_every_field_and_names_every_enum(schema):
    schemas = schema["components"]["schemas"]

    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, content in schema.get("properties", {}).items()
        if not {"description", "$ref", "allOf", "oneOf", "items"} & set(content)
    ]
    assert bare == []
    inline = [
        name
        for name, schema in schemas.items()
        if any("enum" in field for field in schema.get("properties", {}).values())
    ]
    assert inline == []
    assert set(schemas) >= {*settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"]}
    assert not any(re.search(r"[0-9a-f]{3}Enum$", name) for name in schemas)


def test_schema_names_the_unit_of_every_amount(schema):
    schemas = schema["components"]["schemas"]

    amounts = [
        field
        for schema in schemas.values()
        for field in schema.get("properties", {}).values()
        if field.get("format") == "decimal" and "{0,3}" in field["pattern"]
    ]
    assert len(amounts) == 11
    assert all("million tenge" in field["description"].lower() for field in amounts)


def test_schema_names_the_problems_of_every_operation(schema):
    for operation in operations(schema):
        problems = {status for status in operation["responses"] if int(status) >= 400}
        assert problems >= {"400", "401", "403", "404", "406", "429"}, operation["operationId"]
        for status in problems:
            response = operation["responses"][status]
            assert [*response["content"]] == ["application/problem+json"]
            assert response["description"]


def test_schema_names_what_a_written_entry_can_be_answered(schema):
    update = schema["paths"]["/api/v1/submissions/{id}/entries/{ordinal}/"]["put"]["responses"]

    assert {"409", "412", "413", "415", "428"} <= set(update)


def test_schema_offers_every_list_as_csv_with_its_fields_and_orders(schema):
    for operation in operations(schema):
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert ("text/csv" in operation["responses"].get("200", {}).get("content", {})) == ("fields" in names)
    activities = schema["paths"]["/api/v1/activities/"]["get"]
    assert activities["responses"]["200"]["content"]["text/csv"] == {"schema": {"type": "string"}}
    choices = {one["name"]: one["schema"] for one in activities["parameters"]}
    assert choices["format"]["enum"] == ["csv", "json"]
    assert "title" in choices["fields"]["items"]["enum"]
    assert "-section" in choices["ordering"]["items"]["enum"]


def test_schema_names_every_way_to_sign_in(schema):
    schemes = schema["components"]["securitySchemes"]

    assert {name: one["type"] for name, one in schemes.items()} == {
        "bearer": "http", "basic": "http", "cookie": "apiKey",
    }  # fmt: skip
    assert all(
        operation["security"] == [{"bearer": []}, {"basic": []}, {"cookie": []}] for operation in operations(schema)
    )


def test_documentation_names_every_endpoint_field_and_filter(schema):
    page = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    rows = (
        "Activity",
        "Reconciled",
        "Indicator",
        "Finding",
        "ExpectedResult",
        "Agency",
        "Region",
        "Period",
        "Submission",
        "Entry",
    )

    words = {f"{prefix}/" for prefix in ENDPOINTS}
    words |= {parameter["name"] for operation in operations(schema) for parameter in operation.get("parameters", [])}
    words |= {field for name in rows for field in schema["components"]["schemas"][name]["properties"]}
    undocumented = {word for word in words if f"`{word}" not in page}
    assert undocumented - {"id"} == set()
