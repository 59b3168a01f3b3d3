from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from . import sessions, sign_in_checks, sign_in_records  # noqa: F401 checks and receivers

        user_logged_in.connect(sessions.note_sign_in)
        user_logged_out.connect(sessions.note_sign_out)
