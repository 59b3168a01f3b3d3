from django.utils.translation import gettext as _

from analysis import jobs
from programme.commands import PortalCommand


class Command(PortalCommand):
    help = "Forgets what is kept for a while only, and files that belong to nothing; the worker does it every hour."

    def handle(self, **options):
        swept = jobs.sweep()
        counts = {"jobs": swept.jobs, "uploads": swept.uploads, "files": swept.files}
        self.stdout.write(_("Forgotten: %(jobs)s jobs, %(uploads)s uploads, %(files)s files of nothing.") % counts)
