"""Is the process up, and can it serve? For load balancers: plain JSON, no sign-in, no session."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@never_cache
def healthz(request):
    """The process answers. No query."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request):
    """The database answers and has every migration; else 503 with a reason for machines."""
    try:
        missing = unapplied_migrations()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "reason": "database_unreachable"}, status=503)
    if missing:
        reason = {"status": "unavailable", "reason": "unapplied_migrations", "migrations": missing}
        return JsonResponse(reason, status=503)
    return JsonResponse({"status": "ok"})


def unapplied_migrations() -> list[str]:
    """Names such as "reports.0002_immutable_copies", in the order in which they would run. Two queries."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
