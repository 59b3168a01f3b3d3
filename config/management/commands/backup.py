import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from config.backup.making import make
from config.backup.sealing import Unreadable
from programme.commands import PortalCommand


class Command(PortalCommand):
    help = "Writes a backup of the database and of all files, encrypted if BACKUP_KEY is set."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options):
        # Told to end, it takes away what it has begun.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            made = make(file)
        except (Unreadable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(file)s: tables %(tables)s, rows %(rows)s, files %(files)s.")
            % {"file": file, "tables": made.tables, "rows": made.rows, "files": made.files}
        )
        if not settings.BACKUP_KEY:
            self.stderr.write(_("BACKUP_KEY is not set: the backup is not encrypted."))
        if made.missing:
            names = ", ".join(made.missing[:10])
            self.stderr.write(_("Files that the storage does not have: %(files)s.") % {"files": names})
