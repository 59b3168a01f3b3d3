import os
import tempfile
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from programme.commands import PortalCommand
from programme.loading import LANGUAGES
from programme.models import Programme
from reports import documents
from reports.consolidation import files, signing
from reports.consolidation.building import consolidate
from reports.models import ConsolidatedReport, Period
from reports.transitions import Refused


class Command(PortalCommand):
    help = "Writes the consolidated report of a half-year: the finalised one, or what has been accepted up to now."

    def add_arguments(self, parser):
        parser.add_argument("programme", metavar="PROGRAMME", help="its slug, for example children-2007-2011")
        parser.add_argument("period", metavar="PERIOD", help="code of the half-year, for example 2008-H2")
        parser.add_argument("--format", required=True, choices=["docx", "json", "pdf", files.SIGNED, "xlsx"])
        parser.add_argument("--lang", default="kk", choices=LANGUAGES)
        parser.add_argument("--number", type=int, default=1, help="1: the report; 2 and up: its supplements")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")

    def handle(self, *, programme: str, period: str, lang: str, number: int, output: Path, **options):
        found = self._period(programme, period)
        try:
            content = self._content(found, number, options["format"], lang)
        except signing.Unavailable as unavailable:
            raise CommandError(f"--format: {unavailable}") from None
        except Refused as refusal:
            raise CommandError(_("PERIOD %(code)s: %(why)s") % {"code": period, "why": refusal}) from None
        self._write(output, content)
        self.stdout.write(_("%(file)s written.") % {"file": output})

    def _content(self, period: Period, number: int, fmt: str, language: str) -> bytes:
        """The stored file of a finalised report; else what has been accepted up to now."""
        report = ConsolidatedReport.objects.filter(period=period, number=number).first()
        if report:
            return files.content_of(report, fmt, language)
        if number != 1:
            raise CommandError(
                _("--number: %(code)s has no finalised report No. %(number)s.")
                % {"code": period.code, "number": number}
            )
        live = consolidate(period)
        if fmt == files.SIGNED:
            raise CommandError(_("--format: only a finalised report can be signed."))
        return documents.render(live, fmt, language)

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
