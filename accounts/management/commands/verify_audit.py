from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from accounts.audit_chain import Walk
from programme.commands import PortalCommand


class Command(PortalCommand):
    help = (
        "Walks the chains of the audit; names every record that was removed, altered, inserted or exchanged, and "
        "chains that were cut off, and ends with status 1 if there is one. Its last lines are the ends of the chains: "
        "kept elsewhere and given back with --expect, they show whether a chain was cut off or made anew."
    )

    def add_arguments(self, parser):
        parser.add_argument("--expect", nargs="*", default=[], metavar="LANE:NUMBER:HASH", help="ends printed earlier")

    def handle(self, *, expect: list[str], **options):
        walk = Walk(dict(map(self._expected, expect)))
        count = 0
        for fault in walk.faults():
            count += 1
            self.stderr.write(str(fault))
        for end in walk.ends:
            if end.records:
                self.stdout.write(str(end))
        records = sum(end.records for end in walk.ends)
        if count:
            raise CommandError(
                _("Audit: %(records)s records, %(faults)s faults.") % {"records": records, "faults": count}
            )
        self.stderr.write(_("Audit: %(records)s records, every one in its place.") % {"records": records})

    def _expected(self, text: str) -> tuple[tuple[str, int], str]:
        lane, _colon, rest = text.partition(":")
        number, _colon, sha256 = rest.partition(":")
        if not lane or not number.isdecimal() or len(sha256) != 64:
            raise CommandError(_("--expect: “%(value)s” is not LANE:NUMBER:HASH.") % {"value": text})
        return (lane, int(number)), sha256
