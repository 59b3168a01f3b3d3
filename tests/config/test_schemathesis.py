"""Schemathesis asks every address of the API what its schema allows and what it does not.

Nothing breaks, and every answer is one that the schema names, of the type and shape that it says.
"""

import datetime

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from accounts import tokens
from accounts.models import Scope
from config.api import ReadThrottle
from reports import review

from ..one_connection import kept_open
from ..reports.scenes import at, filed, submission_of
from ..reports.uploads import attach

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
TOO_LARGE = 10**30
VERSIONS = ['"0"', '"1"', '"2"']


@pytest.fixture
def places(user):
    """What the addresses name: a draft with a file, a filed report with a comment, and what is nowhere."""
    draft = submission_of("akimat-akt")
    file = attach(draft, user("reporter.akt"))
    with at(2009, 1, 5, 9):
        done = filed("akimat-akt", user("reporter.akt"), "2008-H2")
    comment = review.comment(submission=done, by=user("coordinator"), text="Санын нақтылаңыз")
    known = {"ordinal": 14, "attachment": file.pk, "comment": comment.pk, "number": 1}
    return [known | {"id": draft.pk}, known | {"id": done.pk}, {"id": draft.pk}, {}]


@pytest.fixture
def api(db, user, monkeypatch):
    """The schema as one of the cast sees it, to be asked with a token: `api("coordinator")`."""
    monkeypatch.setattr(ReadThrottle, "THROTTLE_RATES", {"reads": None, "writes": None})

    def load(username: str):
        _token, secret = tokens.make(
            by=user(username), name="fuzz", scopes=[*Scope], expires_on=datetime.date(2009, 12, 31)
        )
        # Called without a server, Schemathesis unpacks nothing.
        headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application(), headers=headers)
        return schema, headers

    with kept_open():
        yield load


@pytest.mark.parametrize("username", ["signatory.akt", "coordinator"])
def test_every_answer_is_one_that_the_schema_names(api, places, username):
    schema, headers = api(username)

    for found in schema.get_all_operations():
        ask(found.ok(), places, headers)


def ask(operation, places, headers) -> None:
    cases = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
    versions = st.none() | st.sampled_from(VERSIONS)

    @settings(
        max_examples=7, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @given(cases, st.sampled_from(places), versions)
    def one(case, place, version):
        case.path_parameters |= {name: place.get(name, TOO_LARGE) for name in case.path_parameters}
        if version and "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = version
        case.call_and_validate(headers=headers, checks=CHECKS)

    one()
