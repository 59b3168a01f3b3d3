import signal

from django.utils.translation import gettext as _

from analysis.jobs import Stop
from analysis.worker import work
from programme.commands import PortalCommand


class Command(PortalCommand):
    help = "Does the jobs in line (exports, imports) until it is stopped; as many as you like may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is waiting, and end")

    def handle(self, *, once, **options):
        stop = Stop()
        before = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
        if not once:
            self.stdout.write(_("The worker waits for jobs."))
        try:
            taken = work(stop, once=once)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write(_("Jobs done: %(number)s.") % {"number": taken})


def _stopper(stop: Stop):
    """The first signal lets the running job go back into the line; a second one ends the process at once."""

    def handle(number, frame):
        stop.is_set = True
        signal.signal(number, signal.SIG_DFL)

    return handle
