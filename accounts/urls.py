from allauth.account.views import LogoutView
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from . import access, protection, views

sign_in = views.SignInView.as_view()

# Names with an underscore are those by which allauth finds its way. What else it brings (sign-up, e-mail addresses,
# connected accounts) has no address here.
urlpatterns = [
    path("sign-in/", sign_in, name="login"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/second-step/", views.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", views.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("sign-in/with/<slug:provider_id>/", views.single_sign_on, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", openid_connect.callback, name="openid_connect_callback"),
    path("sign-in/forgotten/", protection.ForgottenPasswordView.as_view(), name="account_reset_password"),
    path("sign-in/forgotten/sent/", protection.ForgottenPasswordSentView.as_view(), name="account_reset_password_done"),
    path(
        "sign-out/",
        login_not_required(LogoutView.as_view(http_method_names=["post", "options"])),
        name="logout",
    ),
    path("choose-password/<uidb64>/<token>/", views.ChoosePasswordView.as_view(), name="choose-password"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="theme"),
    path("access/", access.access, name="tokens"),
    path("access/<int:pk>/revoke/", access.revoke, name="revoke-token"),
    path("account/", protection.ProtectionView.as_view(), name="mfa_index"),
    path("account/password/", protection.ChangePasswordView.as_view(), name="account_change_password"),
    path("account/app/", protection.SetUpAppView.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", protection.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("account/passkeys/add/", protection.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", protection.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("account/recovery-codes/", protection.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", protection.NewRecoveryCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("account/confirm/", protection.ConfirmView.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", protection.ConfirmByAppView.as_view(), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", protection.ConfirmByPasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/sessions/", protection.own_sessions, name="usersessions_list"),
    path("account/sessions/end/", protection.end_every_session, name="end-every-session"),
    path("account/sessions/<int:pk>/end/", protection.end_session, name="end-session"),
]
