from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import catalogues


class Command(BaseCommand):
    help = "Brings the message catalogues up to date and compiles them; --check only looks, --compile only compiles."

    def add_arguments(self, parser):
        modes = parser.add_mutually_exclusive_group()
        modes.add_argument("--check", action="store_true")
        modes.add_argument("--compile", action="store_true")

    def handle(self, *, check: bool, compile: bool, **options):
        languages = [code for code, _name in settings.LANGUAGES]
        if check:
            found = [problem for language in languages for problem in catalogues.problems(language)]
            if found:
                raise CommandError("\n".join(sorted(found)))
            return
        if not compile:
            for language in languages:
                catalogues.update(language)
        catalogues.compile_all()
