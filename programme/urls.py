from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<slug:slug>/", views.passport, name="passport"),
    path("programmes/<slug:slug>/text/", views.text, name="programme-text"),
    path("programmes/<slug:slug>/source/", views.source, name="source"),
    path("programmes/<slug:slug>/findings/", views.findings, name="findings"),
]
