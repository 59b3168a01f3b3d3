from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from . import access, views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="login"),
    path("sign-out/", login_not_required(LogoutView.as_view()), name="logout"),
    path("choose-password/<uidb64>/<token>/", views.ChoosePasswordView.as_view(), name="choose-password"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="theme"),
    path("access/", access.access, name="tokens"),
    path("access/<int:pk>/revoke/", access.revoke, name="revoke-token"),
]
