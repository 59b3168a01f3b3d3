import os
import tempfile
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from programme.commands import PortalCommand
from programme.loading import LANGUAGES
from programme.models import Programme
from reports import documents
from reports.consolidation.building import report_of
from reports.models import Period
from reports.transitions import Refused


class Command(PortalCommand):
    help = "Writes the consolidated report of a half-year: the finalised one, or what has been accepted up to now."

    def add_arguments(self, parser):
        parser.add_argument("programme", metavar="PROGRAMME", help="its slug, for example children-2007-2011")
        parser.add_argument("period", metavar="PERIOD", help="code of the half-year, for example 2008-H2")
        parser.add_argument("--format", required=True, choices=sorted(documents.CONTENT_TYPES))
        parser.add_argument("--lang", default="kk", choices=LANGUAGES)
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")

    def handle(self, *, programme: str, period: str, lang: str, output: Path, **options):
        found = self._period(programme, period)
        try:
            report = report_of(found)
        except Refused as refusal:
            raise CommandError(_("PERIOD %(code)s: %(why)s") % {"code": period, "why": refusal}) from None
        self._write(output, documents.render(report, options["format"], lang))
        self.stdout.write(_("%(file)s written.") % {"file": output})

    def _period(self, slug: str, code: str) -> Period:
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            known = ", ".join(Programme.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                _("PROGRAMME: there is no programme “%(slug)s”. Known: %(known)s.")
                % {"slug": slug, "known": known or "—"}
            )
        periods = {period.code: period for period in programme.periods.select_related("programme__lead_agency")}
        if code not in periods:
            raise CommandError(
                _("PERIOD: the programme has no half-year “%(code)s”. Known: %(known)s.")
                % {"code": code, "known": ", ".join(periods)}
            )
        return periods[code]

    def _write(self, output: Path, content: bytes) -> None:
        """All of the file or nothing: into a temporary one beside it, then renamed."""
        if output.exists() and not output.is_file():
            raise CommandError(_("--output: %(file)s is not a file.") % {"file": output})
        temporary = None
        try:
            with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".consolidate-", delete=False) as file:
                temporary = Path(file.name)
                file.write(content)
            os.chmod(temporary, 0o644)
            temporary.replace(output)
        except OSError as error:
            if temporary:
                temporary.unlink(missing_ok=True)
            raise CommandError(
                _("--output: %(file)s cannot be written: %(why)s") % {"file": output, "why": error.strerror}
            ) from None
