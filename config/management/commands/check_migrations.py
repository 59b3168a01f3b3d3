from django.core.management.base import BaseCommand, CommandError

from config.migration_check import problems


class Command(BaseCommand):
    help = "Refuses migrations that lock tables for long, or that the version which is still running does not bear."

    def handle(self, **options):
        if found := problems():
            raise CommandError("\n".join(found))
