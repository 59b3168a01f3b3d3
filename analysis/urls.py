from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("datasets/", views.dataset_list, name="datasets"),
    path("datasets/<slug:name>.<str:fmt>", views.dataset, name="dataset"),
]
