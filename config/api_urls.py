from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import DefaultRouter

from activities.api import IndicatorViewSet
from budget.api import ActivityViewSet, ReconciliationViewSet
from programme.api import (
    AgencyViewSet,
    ExpectedResultViewSet,
    FinancingViewSet,
    FindingViewSet,
    RegionViewSet,
)
from reports.api import ConsolidatedReportViewSet, EntryViewSet, PeriodViewSet, SubmissionViewSet

ENDPOINTS = {
    "activities": ActivityViewSet,
    "indicators": IndicatorViewSet,
    "financing": FinancingViewSet,
    "reconciliation": ReconciliationViewSet,
    "findings": FindingViewSet,
    "expected-results": ExpectedResultViewSet,
    "agencies": AgencyViewSet,
    "regions": RegionViewSet,
    "periods": PeriodViewSet,
    "submissions": SubmissionViewSet,
    "entries": EntryViewSet,
    "consolidated-reports": ConsolidatedReportViewSet,
}

router = DefaultRouter()
router.include_format_suffixes = False
for prefix, viewset in ENDPOINTS.items():
    router.register(prefix, viewset, basename=f"api-{prefix}")

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path("", include(router.urls)),
]
