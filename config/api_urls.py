from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import DefaultRouter
from rest_framework.settings import api_settings

from activities.api import IndicatorViewSet
from budget.api import ActivityViewSet, ReconciliationViewSet
from programme.api import (
    AgencyViewSet,
    ExpectedResultViewSet,
    FinancingViewSet,
    FindingViewSet,
    RegionViewSet,
)
from reports.api.reading import ConsolidatedReportViewSet, EntryViewSet, PeriodViewSet, SubmissionViewSet

from .problems import Nowhere
from .reference import reference

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
    path(
        "schema/",
        SpectacularJSONAPIView.as_view(permission_classes=api_settings.DEFAULT_PERMISSION_CLASSES),
        name="api-schema",
    ),
    path("reference/", reference, name="api-reference"),
    path("submissions/<int:pk>/", include("reports.api.urls")),
    path("", include(router.urls)),
    re_path("", Nowhere.as_view()),
]
