from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<slug:slug>/budget/", views.budget, name="budget"),
    path("programmes/<slug:slug>/reconciliation/", views.reconciliation, name="reconciliation"),
]
