"""First steps for each role: what to do in the portal, in order, with the page where it is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from programme.models import Programme


@dataclass(frozen=True)
class Step:
    """`url_name`: of the page where it is done, which takes the programme's slug if `is_of_programme`."""

    title: Promise
    text: Promise
    url_name: str
    is_of_programme: bool = True

    def url(self, programme: Programme) -> str:
        return reverse(self.url_name, args=[programme.slug] if self.is_of_programme else [])


STEPS: dict[Role, list[Step]] = {
    Role.REPORTER: [
        Step(
            _("See what your agency owes"),
            _("“My work” shows the half-year, the day the report is due, and the activities to report on."),
            "home",
            False,
        ),
        Step(
            _("Report on each activity"),
            _(
                "Say what was done, in words and in figures. What you type is kept while you write. “Nothing to "
                "report” is an answer too, with its reason."
            ),
            "home",
            False,
        ),
        Step(
            _("Or fill in the workbook without a connection"),
            _(
                "Download it from the page of the report and upload it again. You see what would change before "
                "anything is saved."
            ),
            "home",
            False,
        ),
        Step(
            _("Check, and send for signature"),
            _(
                "The check names what is missing and what looks wrong. Then the signatory reads the report and "
                "files it."
            ),
            "home",
            False,
        ),
        Step(
            _("Answer what comes back"),
            _(
                "If the report is returned, read the comments, correct it and send it again: until then it counts "
                "as not filed."
            ),
            "periods",
        ),
        Step(
            _("Put the due dates into your own calendar"),
            _("Subscribe once; later dates come by themselves."),
            "calendar",
        ),
    ],
    Role.SIGNATORY: [
        Step(
            _("See what awaits your signature"),
            _("“My work” says whether the report has been sent to you and when it is due."),
            "home",
            False,
        ),
        Step(
            _("Read it and file it, or send it back"),
            _(
                "What you file is kept unchanged under your name, and you get a receipt. If something is wrong, "
                "send it back to the reporter with the reason."
            ),
            "home",
            False,
        ),
        Step(
            _("Follow what becomes of it"),
            _("The coordinator accepts the report or returns it with comments. Both reach you by e-mail."),
            "periods",
        ),
        Step(
            _("See how your region stands"),
            _("The map shows timeliness, money and results by region; each region has a page of its own."),
            "map",
        ),
    ],
    Role.COORDINATOR: [
        Step(
            _("See where the half-year stands"),
            _("“My work” counts what is filed, late and missing, and shows what waits for you."),
            "home",
            False,
        ),
        Step(
            _("Remind those who have not filed"),
            _("The page of the half-year names them, with people to call, official letters and extensions."),
            "periods",
        ),
        Step(
            _("Read, and accept or return"),
            _(
                "Open a filed report. Comment on what is unclear, then accept it, or return it for rework with "
                "the reason. What you filed yourself another coordinator accepts."
            ),
            "periods",
        ),
        Step(
            _("Compile the consolidated report"),
            _(
                "The workspace holds a text for each part beside what the bodies wrote. What you do not write "
                "stands as drafted."
            ),
            "periods",
        ),
        Step(
            _("Have it finalised, and send it"),
            _("You hand it over, another coordinator finalises it. Then enter the outgoing number and date."),
            "periods",
        ),
        Step(
            _("See the whole programme"),
            _("One page with the state of the plan, the money and the results, for a meeting or for print."),
            "overview",
        ),
    ],
    Role.ANALYST: [
        Step(
            _("Begin with the whole"),
            _("One page shows where the programme stands; every figure leads to the rows behind it."),
            "overview",
        ),
        Step(
            _("Take the rows to Excel"),
            _("Choose a dataset, filters and columns. Numbers are numbers and dates are dates."),
            "datasets",
            False,
        ),
        Step(
            _("Save a view"),
            _("A saved choice has a link that others and Excel itself can open, each with the rows that they may see."),
            "datasets",
            False,
        ),
        Step(
            _("Let programs fetch data"),
            _("Make an access token that may only read. The reference of the API says what there is."),
            "tokens",
            False,
        ),
        Step(
            _("Know the gaps of the source"),
            _("Printed totals and lines do not agree everywhere. The findings say where, with both figures."),
            "findings",
        ),
        Step(_("Compare"), _("Any two half-years, and any two regions, side by side."), "compare"),
    ],
    Role.LEADERSHIP: [
        Step(
            _("Look at one page"),
            _("Where the programme stands now, what is late and what it costs. It prints on one sheet of A4."),
            "overview",
        ),
        Step(_("See the regions"), _("Choose what colours the map, and open a region with a click."), "map"),
        Step(
            _("See what is due and what is late"),
            _("The timeline has every activity with its deadlines and its state in each half-year."),
            "timeline",
        ),
        Step(_("See the money"), _("Planned, clarified and spent: by source, year, region and direction."), "money"),
        Step(
            _("Put the due dates into your own calendar"),
            _("Subscribe once; later dates come by themselves."),
            "calendar",
        ),
    ],
    Role.ADMINISTRATOR: [
        Step(
            _("Give people accounts"),
            _("One by one in the administration, or many at once by an import; each gets an invitation by e-mail."),
            "imports",
            False,
        ),
        Step(
            _("Keep agencies and the plan up to date"),
            _("An import shows what it would change before it changes anything, and takes nothing away."),
            "imports",
            False,
        ),
        Step(
            _("Watch long-running work"),
            _("Large exports and imports are jobs: see which wait, run or failed."),
            "jobs",
            False,
        ),
        Step(
            _("Connect other systems"),
            _("They use the API with a token; its reference says what there is and what a program may do."),
            "api-reference",
            False,
        ),
    ],
}
