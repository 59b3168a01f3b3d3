"""`verify_audit` finds whatever somebody does to the records who owns the database and takes its guards away."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F

from accounts import audit, audit_chain
from accounts.models import AuditHead, AuditRecord

pytestmark = pytest.mark.django_db

LANE = "akimat-akt"


@pytest.fixture
def chain(user):
    """Six records of a lane, and a database that takes everything."""
    connection.run_on_commit = []
    for version in range(1, 7):
        audit.record("entry.saved", by=user("reporter.akt"), version=version)
    with connection.cursor() as cursor:
        for table in ("accounts_auditrecord", "accounts_audithead"):
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                continue
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
    return AuditRecord.objects.filter(lane=LANE)


def verify(*expected) -> tuple[str, str]:
    """The ends of the chains, and the faults; "" if there are none."""
    said, complained = io.StringIO(), io.StringIO()
    try:
        call_command("verify_audit", expect=expected, stdout=said, stderr=complained)
    except CommandError:
        return said.getvalue(), complained.getvalue()
    return said.getvalue(), ""


def end(ends: str) -> str:
    return next(line for line in ends.splitlines() if line.startswith(f"{LANE}:"))


def test_an_untouched_chain_is_found_whole_and_its_end_is_printed(chain):
    ends, faults = verify()
    assert faults == ""
    assert end(ends) == f"{LANE}:6:{chain.get(number=6).sha256}"


@pytest.mark.parametrize("column", ["username", "action", "details", "agency", "subject_id", "request_id", "address"])
def test_an_altered_record_is_found(chain, column):
    chain.filter(number=3).update(**{column: "x"})
    assert f"{LANE}:3: altered" in verify()[1]


def test_a_moved_time_is_found(chain):
    record = chain.get(number=3)
    chain.filter(number=3).update(at=record.at.replace(microsecond=(record.at.microsecond + 1) % 10**6))
    assert f"{LANE}:3: altered" in verify()[1]


def test_an_altered_record_with_a_hash_to_match_breaks_the_chain_behind_it(chain):
    forged = chain.filter(number=3).values().get() | {"username": "reporter.kus"}
    chain.filter(number=3).update(username="reporter.kus", sha256=audit.digest(forged))
    faults = verify()[1]
    assert f"{LANE}:3:" not in faults
    assert f"{LANE}:4: inserted or exchanged" in faults


@pytest.mark.parametrize(("gone", "said"), [([3], "no record 3."), ([2, 3, 4], "no record 2–4.")])
def test_removed_records_are_found(chain, gone, said):
    chain.filter(number__in=gone).delete()
    assert f"{LANE}:{gone[-1] + 1}: removed: before it, there is {said}" in verify()[1]


def test_a_removed_record_is_found_though_the_others_close_up(chain):
    chain.filter(number=3).delete()
    for number in (4, 5, 6):
        chain.filter(number=number).update(number=number - 1)
    AuditHead.objects.filter(lane=LANE).update(number=5)
    faults = verify()[1]
    assert f"{LANE}:3: inserted or exchanged" in faults
    assert f"{LANE}:3: altered" in faults


def test_an_inserted_record_is_found(chain):
    chain.filter(number__gt=2).update(number=F("number") + 10)
    chain.filter(number__gt=2).update(number=F("number") - 9)
    row = chain.filter(number=2).values().get() | {"id": None, "number": 3, "action": "entry.saved"}
    AuditRecord.objects.create(**row | {"sha256": audit.digest(row)})
    assert f"{LANE}:3: inserted or exchanged" in verify()[1]


def test_a_record_behind_the_end_is_found(chain):
    last = chain.filter(number=6).values().get()
    row = last | {"id": None, "number": 7, "previous": last["sha256"]}
    AuditRecord.objects.create(**row | {"sha256": audit.digest(row)})
    assert f"{LANE}:7: inserted: the chain ended at record 6." in verify()[1]


def test_exchanged_records_are_found(chain):
    for old, new in ((3, 100), (4, 3), (100, 4)):
        chain.filter(number=old).update(number=new)
    faults = verify()[1]
    assert f"{LANE}:3: altered" in faults
    assert f"{LANE}:4: altered" in faults


def test_a_tail_that_was_cut_off_is_found(chain):
    chain.filter(number__gt=4).delete()
    assert f"{LANE}:6: cut off" in verify()[1]


def test_a_lost_row_of_the_end_is_found(chain):
    AuditHead.objects.filter(lane=LANE).delete()
    assert f"{LANE}:6: the row that names the end" in verify()[1]


def test_a_tail_cut_off_with_its_end_is_found_by_the_end_that_was_written_down(chain):
    kept = end(verify()[0])
    chain.filter(number__gt=4).delete()
    AuditHead.objects.filter(lane=LANE).update(number=4, sha256=chain.get(number=4).sha256)
    assert verify()[1] == ""
    assert f"{LANE}:6: cut off" in verify(kept)[1]


def test_a_chain_made_anew_is_found_by_the_end_that_was_written_down(chain):
    kept = end(verify()[0])
    previous = ""
    for row in chain.order_by("number").values():
        forged = row | {"username": "somebody", "previous": previous}
        previous = audit.digest(forged)
        chain.filter(pk=row["id"]).update(username="somebody", previous=forged["previous"], sha256=previous)
    AuditHead.objects.filter(lane=LANE).update(sha256=previous)
    assert verify()[1] == ""
    assert f"{LANE}:6: made anew" in verify(kept)[1]


def test_a_chain_that_is_gone_altogether_is_found_by_the_end_that_was_written_down(chain):
    kept = end(verify()[0])
    chain.all().delete()
    AuditHead.objects.filter(lane=LANE).delete()
    assert f"{LANE}:6: cut off" in verify(kept)[1]


def test_what_has_grown_since_the_end_was_written_down_is_whole(chain, user):
    kept = f"{LANE}:4:{chain.get(number=4).sha256}"
    assert verify(kept)[1] == ""


@pytest.mark.parametrize("text", ["akimat-akt", "akimat-akt:x:00", f":1:{'0' * 64}"])
def test_an_end_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="LANE:NUMBER:HASH"):
        call_command("verify_audit", expect=[text])


def test_records_are_read_so_many_at_a_time(chain, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    end = audit_chain.Walked(LANE)
    # Three batches of two, and the look behind the last.
    with django_assert_num_queries(4):
        assert list(audit_chain.Walk({})._records(end)) == []
    assert end.records == 6
