from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar
from programme.commands import PortalCommand
from reports.demonstration import PASSWORD


class Command(PortalCommand):
    help = "Says where the portal is, who can sign in, and which day it takes for today."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000")

    def handle(self, *, port: str, **options):
        accounts = User.objects.filter(is_demonstration=True).order_by("username").values_list("username", flat=True)
        self.stdout.write("")
        self.stdout.write(_("The portal is on %(address)s") % {"address": f"http://127.0.0.1:{port}"})
        self.stdout.write(_("Today is %(day)s") % {"day": date_format(calendar.today(), "DATE_FORMAT")})
        if accounts:
            self.stdout.write(_("Demonstration accounts, all with the password %(password)s:") % {"password": PASSWORD})
            self.stdout.write("  " + "  ".join(accounts))
        self.stdout.write("")
