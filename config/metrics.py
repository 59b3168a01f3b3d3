"""Figures for monitoring at `/metrics`, in Prometheus' words: about the portal, never about a person.

What happens in a process it counts itself; gunicorn's processes leave their counts in one folder, and whichever is
asked answers for all of them (gunicorn.conf.py). What can be read from the database is read when somebody asks.
"""

import ipaddress
import os
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, connections
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from accounts import audit
from accounts.models import AuditRecord
from analysis.models import Job
from programme import calendar
from reports.models import OutgoingMail, Period, Submission

# Only a request that came through a proxy has one of these.
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
# Runs whose last time is of interest, by the action of their record in the audit.
RUNS = {"operation.reminded": "portal_last_reminder_run", "operation.backed_up": "portal_last_backup"}
# How far a replica is behind, in seconds: none if it has replayed all that it has received.
_LAG = """
    SELECT CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END
"""


class StateCollector:
    """What the databases say at the moment: five queries, whatever they hold, and one for each replica."""

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        try:
            found += [*_jobs(), *_mails(), *_reports(), *_runs()]
        except Error:
            # The figures of the processes are of use without it.
            connection.close()
            found = []
        yield _gauge("portal_database_up", "Whether the database answers", bool(found))
        yield from found
        yield from _replicas()


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, and for nobody else: see `may_read`."""
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    registry = CollectorRegistry()
    registry.register(StateCollector())
    return HttpResponse(counted + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """By a token from anywhere, if one is set; by the address only for who asks the portal itself, past the proxy."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if any(header in request.META for header in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_ADDRESSES)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _jobs() -> Iterator[Metric]:
    number = GaugeMetricFamily("portal_jobs", "Exports and imports, of the last week if they failed", labels=["state"])
    oldest = GaugeMetricFamily(
        "portal_jobs_oldest_seconds", "How long ago the oldest one was put in line", labels=["state"]
    )
    states = (Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED)
    rows = Job.objects.order_by().filter(state__in=states).values("state")
    found = {row["state"]: row for row in rows.annotate(number=Count("pk"), oldest=Min("created_at"))}
    for state in states:
        row = found.get(state, {"number": 0, "oldest": None})
        number.add_metric([state], row["number"])
        if state != Job.State.FAILED:
            oldest.add_metric([state], (calendar.now() - row["oldest"]).total_seconds() if row["oldest"] else 0)
    yield number
    yield oldest


def _mails() -> Iterator[Metric]:
    is_waiting = Q(sent_at=None, given_up_at=None)
    week_ago = timezone.now() - Job.KEPT
    found = OutgoingMail.objects.order_by().aggregate(
        waiting=Count("pk", filter=is_waiting),
        failing=Count("pk", filter=is_waiting & Q(attempts__gt=0)),
        given_up=Count("pk", filter=Q(given_up_at__gt=week_ago)),
        oldest=Min("created_at", filter=is_waiting),
    )
    number = GaugeMetricFamily(
        "portal_mails", "E-mails on their way, those that failed before, those given up within a week", labels=["state"]
    )
    for state in ("waiting", "failing", "given_up"):
        number.add_metric([state], found[state])
    age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0
    yield number
    yield GaugeMetricFamily("portal_mails_oldest_seconds", "How long the oldest of them has waited", age)


def _reports() -> Iterator[Metric]:
    """Of the half-year that is reported on now, all programmes together."""
    today = calendar.today()
    is_not_lapsed = Q(programme__repealed_on=None) | Q(submissions_due__lte=F("programme__repealed_on"))
    opened = Period.objects.order_by().opened(today).filter(is_not_lapsed)
    later = opened.filter(programme=OuterRef("programme"), starts_on__gt=OuterRef("starts_on"))
    is_unfiled = ~Q(state__in=Submission.FILED)
    rows = (
        Submission.objects.annotate(due=Coalesce("extended_to", "period__submissions_due"))
        .filter(period__in=opened.filter(~Exists(later)))
        .values_list("period__code", "state")
        .annotate(number=Count("pk"), overdue=Count("pk", filter=is_unfiled & Q(due__lt=today)))
    )
    owed = GaugeMetricFamily(
        "portal_reports", "Reports owed for the current half-year, by how far they are", labels=["period", "state"]
    )
    overdue = GaugeMetricFamily("portal_reports_overdue", "Those that are not filed and late", labels=["period"])
    late: dict[str, int] = {}
    for code, state, number, number_late in rows.order_by("period__code", "state"):
        owed.add_metric([code, state], number)
        late[code] = late.get(code, 0) + number_late
    for code, number in late.items():
        overdue.add_metric([code], number)
    yield owed
    yield overdue


def _runs() -> Iterator[Metric]:
    """When reminders and backups were last made; no figure for what never was."""
    for action, name in RUNS.items():
        latest = AuditRecord.objects.filter(lane=audit.OPERATION, action=action).order_by("-number").first()
        if latest:
            yield GaugeMetricFamily(f"{name}_timestamp_seconds", "When it last ended well", latest.at.timestamp())


def _replicas() -> Iterator[Metric]:
    lag = GaugeMetricFamily("portal_replica_lag_seconds", "How far a replica is behind", labels=["replica"])
    up = GaugeMetricFamily("portal_replica_up", "Whether a replica answers", labels=["replica"])
    for alias in settings.REPLICAS:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(_LAG)
                (seconds,) = cursor.fetchone()
        except Error:
            connections[alias].close()
            up.add_metric([alias], 0)
        else:
            up.add_metric([alias], 1)
            lag.add_metric([alias], float(seconds or 0))
    yield up
    yield lag


urlpatterns = [path("metrics", metrics, name="metrics")]
