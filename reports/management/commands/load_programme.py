from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _

import activities.tables
import budget.tables
import programme.tables
from programme.commands import PortalCommand
from programme.loading import FixtureError, load
from reports.periods import generate_periods

TABLES = programme.tables.TABLES + activities.tables.TABLES + budget.tables.TABLES


class Command(PortalCommand):
    help = "Loads a programme's fixture folder; loading it twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "directory",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "children-2007-2011",
            metavar="DIR",
        )

    @transaction.atomic
    def handle(self, *, directory: Path, **options):
        try:
            loaded = load(directory, TABLES)
        except FixtureError as error:
            raise CommandError("\n".join([_("Nothing was loaded."), *error.problems])) from None
        periods = generate_periods(loaded.programme)
        self.stdout.write(
            _(
                "%(programme)s: %(created)s records added, %(changed)s changed, %(removed)s removed. "
                "Half-years: %(periods)s."
            )
            % {
                "programme": loaded.programme,
                "created": loaded.created,
                "changed": loaded.changed,
                "removed": loaded.removed,
                "periods": periods,
            }
        )
