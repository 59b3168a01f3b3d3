"""Who reads from a replica, and that nobody sees a state older than his own last write.

One database plays both parts here, and says where it is; `make topology` has a real replica.
"""

from types import SimpleNamespace

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connections, router
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts import tokens
from accounts.models import ApiToken, AuditRecord, User
from activities.models import Activity
from analysis import jobs
from analysis.models import Job, SavedView
from config.reading import PAGES, ReplicaMiddleware, reads
from programme import calendar, replicas
from programme.models import Stamp
from reports.models import Submission

pytestmark = pytest.mark.django_db

PLAN = "/programmes/children-2007-2011/plan/"
REPLICA = "replica_1"


class World:
    """Where primary and replica are, what the replica was asked, whether it answers, and what time it is."""

    def __init__(self, monkeypatch):
        self._set = monkeypatch.setattr
        self.asked, self.is_down, self.breaks_at, self.now = 0, False, None, 1000.0
        self.primary(500)
        self.replica(500)

    def primary(self, position: int) -> None:
        self._set(replicas, "_PRIMARY_POSITION", str(position))

    def replica(self, position: int) -> None:
        self._set(replicas, "_REPLAYED", f"SELECT {position}")

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class StandIn:
    """The test's own connection under the replica's name."""

    def __init__(self, world: World):
        self._world, self._own = world, connections["default"]

    def __getattr__(self, name):
        return getattr(self._own, name)

    def cursor(self):
        self._world.asked += 1
        if self._world.is_down or self._world.asked == self._world.breaks_at:
            raise OperationalError("the server closed the connection")
        return self._own.cursor()

    chunked_cursor = cursor

    def close(self):
        pass


@pytest.fixture
def world(db, settings, monkeypatch):
    world = World(monkeypatch)
    settings.REPLICAS = [REPLICA]
    monkeypatch.setattr(router, "routers", [replicas.Router()])
    monkeypatch.setattr(replicas, "_known", replicas._Known(look=(world.now, 500), floor=500))
    monkeypatch.setattr(replicas, "_in_transaction", lambda: False)
    monkeypatch.setattr(replicas, "time", world)
    connections[REPLICA] = StandIn(world)
    yield world
    del connections[REPLICA]


@pytest.fixture
def from_replica(world):
    with replicas.reading(replicas.Reading(REPLICA)) as reading:
        yield reading


def chosen_for(user: User) -> str:
    with replicas.reading(replicas.Reading(may_leave_primary=True)) as reading:
        replicas.choose(user)
        return reading.alias


@pytest.mark.parametrize("model", [Activity, Submission, Stamp, SavedView, User])
def test_content_is_read_from_the_replica(from_replica, model):
    assert model.objects.all().db == REPLICA


@pytest.mark.parametrize("model", [ApiToken, AuditRecord, Job])
def test_what_is_no_content_is_read_from_the_primary(from_replica, model):
    assert model.objects.all().db == "default"


def test_a_cache_in_the_database_is_the_primarys(from_replica):
    entry = DatabaseCache("portal_cache", {}).cache_model_class
    assert {router.db_for_read(entry), router.db_for_write(entry)} == {"default"}
    assert not from_replica.wrote


def test_rows_of_one_page_come_from_one_database(from_replica, user):
    report = Submission.objects.select_related("agency").first()
    assert report._state.db == report.agency._state.db == report.period._state.db == REPLICA


def test_what_locks_and_what_happens_in_a_transaction_is_the_primarys(from_replica, monkeypatch):
    assert Submission.objects.select_for_update().db == "default"
    monkeypatch.setattr(replicas, "_in_transaction", lambda: True)
    assert Activity.objects.all().db == "default"


def test_after_a_write_everything_comes_from_the_primary(from_replica, user):
    SavedView.objects.create(by=user("analyst"), name="a", dataset="entries", created_at=calendar.now())
    assert from_replica.wrote
    assert Activity.objects.all().db == "default"


def test_a_user_is_served_by_a_replica_that_knows_what_he_wrote(world, user):
    analyst = user("analyst")
    analyst.wrote_up_to = 501
    assert chosen_for(analyst) == "default"
    world.replica(501)
    assert chosen_for(analyst) == REPLICA
    # That one is behind for this user alone.
    world.replica(500)
    assert [chosen_for(analyst), chosen_for(user("leader"))] == ["default", REPLICA]


def test_a_replica_that_fell_behind_is_left_out_for_a_while(world, user):
    world.primary(900)
    world.now += replicas.SECONDS_BETWEEN_LOOKS
    assert chosen_for(user("leader")) == "default", "this one looked at the primary"
    assert chosen_for(user("leader")) == REPLICA, "it has all that was there a look ago"
    world.now += replicas.SECONDS_BETWEEN_LOOKS
    assert [chosen_for(user("leader")), chosen_for(user("leader"))] == ["default", "default"]
    asked = world.asked
    assert (chosen_for(user("leader")), world.asked) == ("default", asked), "it is not even asked"
    world.replica(900)
    world.now += replicas.SECONDS_LEFT_OUT
    assert [chosen_for(user("leader")), chosen_for(user("leader"))] == ["default", REPLICA]


def test_after_a_long_silence_a_replica_has_to_be_where_the_primary_is(world, user):
    world.primary(900)
    world.now += 3600
    assert [chosen_for(user("leader")), chosen_for(user("leader"))] == ["default", "default"]


def test_a_server_that_is_no_replica_any_more_serves_nobody(world, user, monkeypatch):
    monkeypatch.setattr(replicas, "_REPLAYED", "SELECT 1 WHERE 1 = 0")
    assert chosen_for(user("leader")) == "default"


def test_a_page_costs_one_query_more_with_replicas_and_its_rows_come_from_one(world, browse, settings):
    reader = browse("analyst")
    with CaptureQueriesContext(connections["default"]) as with_replica:
        assert reader.get(PLAN).status_code == 200
    assert world.asked > 1
    settings.REPLICAS = []
    reader = browse("analyst")
    with CaptureQueriesContext(connections["default"]) as without:
        reader.get(PLAN)
    assert len(with_replica) == len(without) + 1


@pytest.mark.parametrize("breaks_at", [1, 2, 4])
def test_a_replica_that_fails_costs_the_user_no_error(world, browse, breaks_at):
    reader = browse("analyst")
    world.breaks_at = breaks_at
    assert "43" in reader.get(PLAN).text
    assert (reader.get(PLAN).status_code, world.asked) == (200, breaks_at), "it is left out"


def test_an_error_of_the_primary_is_not_hidden(world, browse, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr("activities.views.render", fail)
    reader = browse("analyst")
    reader.raise_request_exception = False
    assert reader.get(PLAN).status_code == 503


def test_a_page_that_people_work_on_is_read_from_the_primary(world, browse, user):
    report = Submission.objects.visible_to(user("reporter.akt")).first()
    assert browse("reporter.akt").get(f"/submissions/{report.pk}/").status_code == 200
    assert world.asked == 0


def test_a_write_is_remembered_with_its_user_and_a_read_is_not(world, browse, user):
    writer = browse("analyst")
    writer.get(PLAN)
    assert user("analyst").wrote_up_to == 0
    world.primary(700)
    writer.post("/language/", {"language": "ru", "next": "/"})
    assert user("analyst").wrote_up_to == 700
    assert chosen_for(user("analyst")) == "default"


def test_who_comes_with_a_token_is_served_in_the_same_way(world, client, user):
    scopes, ends = ["read", "write"], calendar.today() + calendar.datetime.timedelta(days=9)
    _token, secret = tokens.make(by=user("reporter.akt"), name="t", scopes=scopes, expires_on=ends)
    bearer = {"authorization": f"Bearer {secret}"}
    report = Submission.objects.get(agency=user("reporter.akt").agency, period__code="2009-H1")
    entry = f"/api/v1/submissions/{report.pk}/entries/14/"
    etag = client.get(entry, headers=bearer)["ETag"]
    assert client.get("/api/v1/entries/", headers=bearer).status_code == 200
    assert world.asked > 1
    asked = world.asked
    world.primary(800)
    text = {"narrative": "Балабақшалар ашылды."}
    saved = client.patch(entry, text, content_type="application/json", headers=bearer | {"if-match": etag})
    assert (saved.status_code, user("reporter.akt").wrote_up_to) == (200, 800)
    assert client.get("/api/v1/entries/", headers=bearer).json()["count"] > 0
    assert world.asked == asked + 1, "asked where it is, and not read from"


def test_saving_a_user_who_was_loaded_long_ago_keeps_what_he_wrote_since(db, user):
    old = user("analyst")
    User.objects.filter(pk=old.pk).update(wrote_up_to=7)
    old.last_name = "Сейітов"
    old.save()
    stored = user("analyst")
    assert (stored.wrote_up_to, stored.last_name) == (7, "Сейітов")


def test_a_file_that_is_streamed_comes_from_where_it_began(world, browse):
    answer = browse("analyst").get("/api/v1/activities/?format=csv")
    before = world.asked
    assert len(b"".join(answer.streaming_content).splitlines()) > 43
    assert world.asked > before


def test_an_export_reads_from_a_replica_that_has_all_that_was_there_when_it_began(world, user):
    with replicas.reading_all_so_far() as reading:
        assert reading.alias == REPLICA
    world.primary(600)
    started = world.now
    with replicas.reading_all_so_far() as reading:
        assert reading.alias == "default"
    assert world.now - started >= replicas.PATIENCE


@pytest.mark.parametrize("breaks_at", [None, 3])
def test_an_export_is_whole_even_if_its_replica_breaks_off(world, user, breaks_at):
    world.breaks_at = breaks_at
    arguments = {"dataset": "activities", "query": "", "format": "csv"}
    job = jobs.enqueue(Job.Kind.EXPORT, title="e", by=user("analyst"), arguments=arguments)
    done = jobs.run_now(job)
    assert (done.state, done.attempts) == ("done", 1)
    assert done.result.read().decode("utf-8-sig").count("\n") > 43
    assert world.asked >= (breaks_at or 2)


def test_until_a_write_of_a_job_is_remembered_no_replica_serves_its_owner(world, user):
    replicas.hold(user("coordinator"))
    assert chosen_for(user("coordinator")) == "default"
    replicas.remember(user("coordinator"))
    assert chosen_for(user("coordinator")) == REPLICA


def test_without_replicas_there_is_no_middleware(settings):
    settings.REPLICAS = []
    with pytest.raises(MiddlewareNotUsed):
        ReplicaMiddleware(lambda request: None)


def test_only_addresses_that_are_there_are_read_from_replicas():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert set(PAGES) <= names
    assert {name for name in names if name.startswith("api-") and reads(name)} >= {"api-entries-list"}
    assert not reads("api-entry")
    assert not reads(SimpleNamespace(url_name=None).url_name)
