"""Fills a database that holds the demonstration with many programmes like it: `--settings tests.bench.settings`."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import User
from programme.models import Programme
from reports.models import Entry, SubmissionCopy

from ...multiplying.writing import multiply


class Command(BaseCommand):
    help = "Fill a database that holds the demonstration alone with many programmes like it, by COPY (PostgreSQL)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--programmes", type=int, required=True, help="1: the demonstration alone; 3000: 12 million entries"
        )

    def handle(self, *, programmes: int, **options):
        self._refuse_others()
        start = time.perf_counter()
        rows = multiply(programmes, self._say) if programmes > 1 else 0
        seconds = time.perf_counter() - start
        entries, bodies = Entry.objects.count(), User.objects.filter(role="reporter").count()
        size = self._mark(f"{programmes} programmes")
        if rows:
            self._say(f"{rows:,} rows in {seconds:.0f} s, indexes included: {rows / seconds:,.0f}/s")
        self._say(f"{programmes:,} programmes, {entries:,} entries, {bodies:,} bodies that file, {size:.1f} GB")

    def _mark(self, comment: str) -> float:
        """Say with the database what it holds; its size in gigabytes."""
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [comment])
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0] / 2**30

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _refuse_others(self) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL reads COPY: set DATABASE_URL.")
        name = connection.settings_dict["NAME"]
        if not settings.DEBUG and not name.startswith("bench"):
            raise CommandError(
                f"{name} is no database for trying things out: its name must begin with bench, or set DEBUG=1."
            )
        if Programme.objects.count() != 1 or not Entry.objects.exists():
            raise CommandError("The database must hold the demonstration, and nothing else: load_programme, then demo.")
        if SubmissionCopy.objects.exclude(filed_by__is_demonstration=True).exists():
            raise CommandError("Somebody has filed real reports here.")
