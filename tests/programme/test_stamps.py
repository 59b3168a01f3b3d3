"""Parts of pages are kept until something they show changes."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.template import Context, Template

from accounts.models import User
from programme import calendar, stamps
from programme.models import Agency, Stamp
from reports.models import Period, ReportText, Submission

migration = import_module("reports.migrations.0010_stamps")
TABLES = [*migration.PLAN_TABLES, migration.PEOPLE[0], *migration.REPORT_TABLES]


def value(subject: str) -> str | None:
    """Of a stamp, as it will be once what was written is committed."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Stamp.objects.filter(subject=subject).values_list("value", flat=True).first()


@pytest.fixture
def outside_a_transaction(monkeypatch):
    """As in a request that only reads."""
    monkeypatch.setattr(stamps, "connection", SimpleNamespace(in_atomic_block=False))


def test_every_table_that_pages_are_made_of_has_its_trigger(db):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%_stamp'")
            wanted = {f"{table}_stamp" for table in TABLES}
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = {f"{table}_stamp_{event}" for table in TABLES for event in ("insert", "update", "delete")}
        assert wanted - {name for (name,) in cursor.fetchall()} == set()


def test_what_changes_the_plan_changes_its_stamp_and_no_other(programme):
    others = [f"filed:{programme.pk}", f"reports:{programme.pk}"]
    before = value(stamps.PLAN), [value(other) for other in others]
    Agency.objects.filter(code="moes").update(short_name_kk="БҒМ.")
    assert value(stamps.PLAN) != before[0]
    assert [value(other) for other in others] == before[1]


def test_a_sign_in_changes_no_stamp_and_a_new_name_does(programme, user):
    before = value(stamps.PLAN)
    person = user("analyst")
    person.save(update_fields=["last_login", "language"])
    assert value(stamps.PLAN) == before
    User.objects.filter(pk=person.pk).update(last_name="Ахметов")
    assert value(stamps.PLAN) != before


def test_what_is_filed_and_what_is_written_about_it_change_a_stamp_each(programme, user):
    filed, reports = f"filed:{programme.pk}", f"reports:{programme.pk}"
    period = Period.objects.get(programme=programme, code="2009-H1")
    submission = Submission.objects.get(period=period, agency__code="akimat-akt")
    before = value(filed), value(reports)
    Submission.objects.filter(pk=submission.pk).update(awaits_signature=True)
    then = value(filed), value(reports)
    submission.extensions.create(
        due_on=period.consolidated_due, reason="Су тасқыны", act="№ 5", at=calendar.now(), by=user("coordinator")
    )
    now = value(filed), value(reports)
    assert before[0] != then[0] == now[0]
    assert before[1] == then[1] != now[1]


def test_the_parts_of_a_stamp_outlive_what_they_do_not_stand_for(programme, outside_a_transaction):
    def parts():
        stamp = stamps.stamp_of(programme.pk)
        return stamps.of_plan(stamp), stamps.of_filed(stamp), stamp

    Agency.objects.filter(code="moes").update(short_name_kk="БҒМ.")
    Submission.objects.filter(agency__code="akimat-akt").update(awaits_signature=False)
    value(stamps.PLAN)
    before = parts()
    ReportText.objects.create(
        period=programme.periods.get(code="2009-H1"), part="introduction", language="kk", text="Кіріспе", draft="",
        updated_at=calendar.now(), updated_by=User.objects.get(username="coordinator"),
    )  # fmt: skip
    value(stamps.PLAN)
    written = parts()
    assert before[:2] == written[:2]
    assert before[2] != written[2]
    Submission.objects.filter(agency__code="akimat-akt").update(awaits_signature=True)
    value(stamps.PLAN)
    filed = parts()
    assert written[0] == filed[0]
    assert written[1] != filed[1]


def test_rows_are_made_anew_one_by_one(db):
    asked = []

    def make(rows):
        asked.append(sorted(rows))
        return {row: f"{row}!" for row in rows}

    key = ("rows", "stamp")
    assert stamps.kept_rows(key, {1: "a", 2: "a"}, make) == {1: "1!", 2: "2!"}
    assert stamps.kept_rows(key, {1: "b"}, make) == {1: "1!"}
    assert stamps.kept_rows(key, {1: "b", 2: "a", 3: "a"}, make) == {1: "1!", 2: "2!", 3: "3!"}
    assert asked == [[1, 2], [1], [3]]


def shown(portal, count) -> str:
    return Template("{% kept 'part' %}{{ count }}{% endkept %}").render(Context({"portal": portal, "count": count}))


def test_a_part_is_made_once_until_something_changes(programme, outside_a_transaction):
    def frame():
        return SimpleNamespace(kept_by=(stamps.stamp_of(programme.pk), "/plan/", "analyst/None", "kk", "2009-07-06"))

    made = []
    show = lambda: shown(frame(), lambda: made.append(1) or len(made))  # noqa: E731
    assert [show(), show()] == ["1", "1"]
    Agency.objects.filter(code="moes").update(short_name_kk="БҒМ.")
    value(stamps.PLAN)
    assert show() == "2"


def test_nothing_is_kept_of_a_transaction_that_may_never_have_been(programme):
    assert stamps.stamp_of(programme.pk) != stamps.stamp_of(programme.pk)


def test_forms_of_a_part_get_the_token_of_who_reads_it():
    page = Template("{% kept_with_forms 'part' %}{% csrf_token %}{{ made }}{% endkept_with_forms %}")

    def shown_to(token, made):
        return page.render(Context({"portal": SimpleNamespace(kept_by=("stamp",)), "csrf_token": token, "made": made}))

    assert 'value="his"' in shown_to("his", "once")
    other = shown_to("hers", "twice")
    assert 'value="hers"' in other
    assert "his" not in other
    assert "once" in other


def test_a_part_with_a_form_is_refused():
    page = Template("{% kept 'part' %}<input name='csrfmiddlewaretoken'>{% endkept %}")
    with pytest.raises(ValueError, match="has a form"):
        page.render(Context({"portal": SimpleNamespace(kept_by=("stamp",))}))


@pytest.mark.parametrize("other", ["reporter.kus", "akim.akt", "coordinator"])
def test_readers_of_another_role_or_agency_have_parts_of_their_own(rf, user, programme, other):
    from accounts.context import PortalFrame

    keys = []
    for username in ("reporter.akt", other):
        request = rf.get("/programmes/children-2007-2011/plan/")
        request.user, request.resolver_match = user(username), None
        keys.append(PortalFrame(request).kept_by[1:])
    assert keys[0] != keys[1]
