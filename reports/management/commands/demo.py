import datetime

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from programme.commands import PortalCommand
from programme.models import Programme
from reports.demonstration import Demonstration

DEFAULT_DAY = datetime.date(2009, 7, 6)


class Command(PortalCommand):
    help = "Fills the demonstration: accounts, filed half-years and the current one under way. Keeps what was entered."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", default=(settings.PORTAL_TODAY or DEFAULT_DAY).isoformat(), metavar="YYYY-MM-DD")
        parser.add_argument("--programme", default="children-2007-2011")

    def handle(self, *, as_of: str, **options):
        if not settings.DEBUG:
            raise CommandError(_("The demonstration is only for DEBUG=1: it makes accounts with a known password."))
        try:
            day = datetime.date.fromisoformat(as_of)
        except ValueError:
            raise CommandError(_("--as-of: “%(value)s” is not a date; write 2009-07-06.") % {"value": as_of}) from None
        programme = Programme.objects.select_related("lead_agency").filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(
                _("There is no programme “%(slug)s”; run load_programme first.") % {"slug": options["programme"]}
            )
        if Demonstration(programme, day).fill():
            self.stdout.write(_("Demonstration data as of %(day)s is in place.") % {"day": day.isoformat()})
        else:
            self.stdout.write(_("Reports have been entered already; they are kept as they are."))
