from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from programme.commands import PortalCommand
from reports.reminders import remind


class Command(PortalCommand):
    help = "Sends the reminders and digests that are due today; running it twice sends nothing twice."

    def handle(self, **options):
        sent = remind()
        counts = {"reminders": sent.reminders, "digests": sent.digests, "failed": sent.failed}
        self.stdout.write(_("Reminders sent: %(reminders)s, digests: %(digests)s.") % counts)
        if sent.failed:
            raise CommandError(_("E-mails that could not be sent: %(failed)s; the next run tries again.") % counts)
