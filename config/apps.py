from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Installed for its commands, its checks, and what browsers report."""

    name = "config"

    def ready(self):
        from . import checks  # noqa: F401 registers itself
