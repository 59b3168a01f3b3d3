from contextlib import suppress

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connections

from config.migrating import WholeMigrations

migrate.MigrationExecutor = WholeMigrations


class Command(migrate.Command):
    """Django's own, with patience that ends: who waits for a table's lock makes everybody behind wait too."""

    def handle(self, *args, database, **options):
        connection = connections[database]
        if connection.vendor != "postgresql":
            return super().handle(*args, database=database, **options)
        limits = {
            "lock_timeout": settings.MIGRATION_LOCK_TIMEOUT,
            "statement_timeout": settings.MIGRATION_STATEMENT_TIMEOUT,
        }
        with connection.cursor() as cursor:
            for name, value in limits.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        try:
            return super().handle(*args, database=database, **options)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            raise CommandError(
                f"A table was in use for longer than {settings.MIGRATION_LOCK_TIMEOUT} (MIGRATION_LOCK_TIMEOUT): "
                "this migration was not applied. Run migrate again."
            ) from error
        finally:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("; ".join(f"RESET {name}" for name in limits))
