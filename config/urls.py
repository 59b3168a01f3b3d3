from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("programme.urls")),
    path("", include("activities.urls")),
    path("", include("budget.urls")),
    path("", include("reports.urls")),
    path("", include("analysis.urls")),
    path("", include("config.health")),
    path("api/v1/", include("config.api_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "accounts.views.bad_request"
handler500 = "config.problems.server_error"
