from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from config.backup.restoring import restore, verify
from config.backup.sealing import Unreadable
from programme.commands import PortalCommand


class Command(PortalCommand):
    help = "Restores a backup into an empty portal; --verify-only reads it through and compares every hash."
    # It makes the tables itself.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify-only", action="store_true")

    def handle(self, *, file: Path, verify_only: bool, **options):
        try:
            contents = verify(file) if verify_only else restore(file)
        except (Unreadable, OSError) as error:
            raise CommandError(str(error)) from error
        found = {
            "version": contents.header["version"],
            "moment": contents.header["made_at"],
            "tables": len(contents.tables),
            "rows": contents.rows,
            "files": contents.files.lines,
        }
        self.stdout.write(_("The backup is whole.") if verify_only else _("The backup is restored."))
        self.stdout.write(
            _("Version %(version)s, made %(moment)s: tables %(tables)s, rows %(rows)s, files %(files)s.") % found
        )
        if contents.left_out:
            tables = ", ".join(contents.left_out)
            self.stderr.write(
                _("Not restored, as the portal has no place for it any more: %(tables)s.") % {"tables": tables}
            )
