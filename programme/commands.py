"""Management commands speak the language of the terminal."""

import os

from django.core.management.base import BaseCommand
from django.utils import translation

from .loading import LANGUAGES


def terminal_language(environ=os.environ) -> str:
    """kk, ru or en from the locale variables; en for a terminal that names no language of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            language = value[:2].lower()
            return language if language in LANGUAGES else "en"
    return "en"


class PortalCommand(BaseCommand):
    def execute(self, *args, **options):
        with translation.override(terminal_language()):
            return super().execute(*args, **options)
