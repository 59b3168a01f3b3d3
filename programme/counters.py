"""What each process counts where it happens, for `/metrics`. What the database can say is not counted here."""

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram, disable_created_metrics

# A moment for each figure would double what is kept, and nobody asks for it.
disable_created_metrics()
REQUESTS = Counter("portal_requests", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "Time until an answer begins",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
QUERIES = Counter("portal_database_queries", "Statements sent to databases", ["view"])
QUERY_SECONDS = Counter("portal_database_seconds", "Time that they took", ["view"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(request: HttpRequest, response: HttpResponse, seconds: float, queries) -> None:
    """Count an answered request. `queries`: its `number` and `seconds`."""
    match = request.resolver_match
    view = (match and match.view_name) or "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(view, method, response.status_code).inc()
    SECONDS.labels(view).observe(seconds)
    if queries.number:
        QUERIES.labels(view).inc(queries.number)
        QUERY_SECONDS.labels(view).inc(queries.seconds)
