from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<slug:slug>/plan/", views.plan, name="plan"),
]
