"""A short text for each page: what it shows, what one can do on it, when something is due. By URL name."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PageHelp:
    """`terms`: codes of analysis.glossary that the page turns on."""

    shows: Promise
    can_do: Promise | str = ""
    due: Promise | str = ""
    terms: tuple[str, ...] = ()


_FILES = _("Every table can be taken away as Excel or CSV with the links below it.")
_BEHIND = _("A figure that is a link leads to the rows behind it.")
_REPORT_DUE = _("The due day stands at the top of the page. It counts until midnight, Astana time.")

PAGE_HELP = {
    # Everybody's
    "home": PageHelp(
        _("Where the half-year stands for you, and what waits for you."),
        _("Begin with what stands at the top: it is what is most urgent."),
        terms=("half-year", "submission"),
    ),
    "overview": PageHelp(
        _("The state of the programme on one page: reports, plan, money and results."),
        _("Print it: it fits one sheet of A4. A figure that is a link leads to the rows behind it."),
        terms=("consolidated-report",),
    ),
    "search": PageHelp(
        _("Activities, bodies and texts of reports that have the words you look for, as far as you may read them."),
        _("Write a word or its beginning, in Kazakh or Russian; capitals and small typing errors do not matter."),
    ),
    "help": PageHelp(
        _("What to do in the portal, step by step, for each role."),
        _("A step's name leads to the page where it is done."),
    ),
    "glossary": PageHelp(
        _("The terms of the programme and of reporting in three languages, and the abbreviations of the decree.")
    ),
    "verify": PageHelp(
        _("Whether a document is a consolidated report of this portal, unchanged and validly signed."),
        _("Choose the file, or enter the checksum that the document prints. The file is read and not kept."),
        terms=("checksum",),
    ),
    "tokens": PageHelp(
        _("The access tokens with which your programs and Excel fetch data."),
        _("Make a token for each program. It is shown once; what you do not use any more, revoke."),
    ),
    "api-reference": PageHelp(
        _("All that programs can read and write, with the rules that hold for them."),
        _("To try it, make an access token first."),
    ),
    # The programme
    "passport": PageHelp(
        _(
            "The programme in parts: goal, tasks, directions, expected results, financing and statistics, as the "
            "decree prints them."
        ),
        _("Each text names its place in the source and leads there."),
        terms=("passport", "translation"),
    ),
    "programme-text": PageHelp(
        _("The programme to be read from beginning to end."),
        _("The place in the source stands beside each paragraph."),
        terms=("translation",),
    ),
    "source": PageHelp(
        _("The text of the decree line by line, as it was taken from the PDF."),
        _("Go to a line by its number, or come here from any place that a page names."),
    ),
    "findings": PageHelp(
        _("Places where the decree disagrees with itself: sums, dates, missing cells. Nothing printed was changed."),
        _("Choose a kind. Each finding shows both figures, and how the portal treats it."),
        terms=("finding",),
    ),
    # The plan
    "plan": PageHelp(
        _("The activities of the plan with who is responsible, when they are due and what they cost."),
        _("Filter by section, body, region, year or source; open an activity for its whole history."),
        terms=("activity", "completion-form", "responsible", "deadline"),
    ),
    "activity": PageHelp(
        _(
            "One activity of the plan: its cells as printed, its bodies, deadlines, budget lines, and what was "
            "reported on it."
        ),
        terms=("completion-form", "lead-compiler", "by-agreement", "budget-line"),
    ),
    "timeline": PageHelp(
        _(
            "All activities against the years of the programme, with their deadlines, their state in each "
            "half-year, and today."
        ),
        _("Open an activity by its name."),
        terms=("deadline",),
    ),
    "calendar": PageHelp(
        _("The days on which something is due: activities of the plan, reports, the consolidated report."),
        _("Download the dates, or subscribe with your own calendar: later changes come by themselves."),
        terms=("deadline",),
    ),
    # Money, results
    "budget": PageHelp(
        _("The budget lines of the plan by activity, region, source and year, in million tenge."),
        _("Filter, and compare with what the passport prints."),
        terms=("budget-line", "funding-source"),
    ),
    "money": PageHelp(
        _(
            "Planned, clarified and spent money, by source, year, region and direction, from the reports that "
            "were filed."
        ),
        _BEHIND,
        terms=("budget-line", "clarified", "spent"),
    ),
    "reconciliation": PageHelp(
        _("Sums of the budget lines beside the totals that the decree prints, and the difference."),
        _("A difference leads to the finding that explains it."),
        terms=("reconciliation", "finding"),
    ),
    "results": PageHelp(
        _("Expected results: where they stood, what is promised, and what was reported by the stage."),
        _FILES,
        terms=("expected-result", "baseline", "target", "stage"),
    ),
    # Regions
    "map": PageHelp(
        _("The regions in the borders of the programme's years, coloured by the measure that you choose."),
        _("Choose a measure and a half-year; open a region on the map or in the table."),
    ),
    "region": PageHelp(
        _("One region: how it stands among the others, its money, its activities and its reports."), _BEHIND
    ),
    "compare": PageHelp(
        _("Two half-years or two regions side by side, with the difference."),
        _("Choose what to compare at the top of the page."),
    ),
    # Reports
    "periods": PageHelp(
        _("The half-years of the programme with the days on which reports are due."),
        _("Open a half-year to see who has filed."),
        terms=("half-year", "submission", "consolidated-report"),
    ),
    "progress": PageHelp(
        _("States of all activities and timeliness of all bodies, half-year by half-year, as tables in colour."),
        _("Open a cell for what is behind it."),
        terms=("half-year",),
    ),
    "period": PageHelp(
        _("Who has filed for this half-year, who has not, and how late."),
        _("Open a report. Coordinators accept, remind, and extend due days here."),
        _REPORT_DUE,
        terms=("submitted", "returned", "accepted", "overdue"),
    ),
    "submission": PageHelp(
        _("The report of one body on one half-year: what it owes or what it filed, with comments and history."),
        _("Those who write it go on with the next activity; the coordinator reads, comments and decides."),
        _REPORT_DUE,
        terms=("submission", "returned", "receipt"),
    ),
    "entry": PageHelp(
        _("What your body reports on one activity in this half-year."),
        _(
            "Choose the state, say what was done, enter money and indicators. It is saved as you type. With "
            "nothing to report, say why."
        ),
        terms=("completion-form", "indicator", "spent"),
    ),
    "entries": PageHelp(
        _("All activities that you report on, on one page."),
        _("Fill them in one after another; each is saved as you type."),
        terms=("indicator", "spent"),
    ),
    "workbook-upload": PageHelp(
        _("The way to fill in the report in Excel, without a connection."),
        _("Download the workbook, fill it in and upload it. Before anything is saved you see what would change."),
    ),
    "workbook-preview": PageHelp(
        _("What your workbook would change in the report, and what is wrong in it."),
        _("Check the changes, then take them over. Until then nothing is saved."),
    ),
    "file-submission": PageHelp(
        _("The report as it would be filed, and what the check found."),
        _("Correct what stands in the way, explain the warnings, then send it for signature or file it."),
        _REPORT_DUE,
        terms=("receipt", "signatory"),
    ),
    "receipt": PageHelp(
        _("Proof that the report was filed: number, moment, checksum, and what was filed."),
        _("Print or save it. It shows the report as filed, whatever changes later."),
        terms=("receipt", "checksum"),
    ),
    "history": PageHelp(_("Everything that happened to the report: who changed what, when and why.")),
    "letters": PageHelp(
        _("Official letters to a body that has missed the due day."),
        _("Write a letter, download it, have it signed, and send it."),
        terms=("overdue",),
    ),
    "extend": PageHelp(
        _("A later due day for one body."),
        _("Enter the day, the reason, and the act or letter that allows it. The body is told."),
        terms=("extension",),
    ),
    "waive": PageHelp(
        _("Leave for one body to file although a rule is not met."),
        _("Choose the rule and give the reason. It counts for the next filing alone."),
        terms=("waiver",),
    ),
    "reminders": PageHelp(_("What was sent by e-mail about this half-year, to whom and when.")),
    # The consolidated report
    "workspace": PageHelp(
        _("The texts of the consolidated report, part by part, beside what the bodies wrote."),
        _("Write a text, or leave the draft as it stands. It is saved as you type."),
        terms=("consolidated-report",),
    ),
    "report-text": PageHelp(
        _("The earlier versions of one text of the consolidated report."),
        _("Read what changed, and take an earlier version back."),
    ),
    "consolidated": PageHelp(
        _("The consolidated report on this half-year, as it stands or as it was finalised."),
        _("Download it as Word, PDF or Excel. Coordinators hand it over, finalise it and record that it was sent."),
        terms=("consolidated-report", "finalised", "supplement"),
    ),
    "consolidated-report": PageHelp(
        _("A finalised consolidated report. It does not change any more."),
        _("Download it as Word, PDF or Excel; see what was accepted since then."),
        terms=("finalised", "supplement", "checksum"),
    ),
    "behind": PageHelp(_("The reports and lines that a figure of the consolidated report is made of.")),
    # Data
    "datasets": PageHelp(
        _("Tables of everything that you may read, to take to Excel or to other programs."),
        _("Open a dataset to choose its rows and columns, or a view that you saved."),
    ),
    "dataset-page": PageHelp(
        _("One dataset: its columns, its filters and its first rows."),
        _("Choose, look, then download. Save the choice as a view to come back to it."),
    ),
    "saved-view": PageHelp(
        _("A saved choice of rows and columns, with the rows that you may see."),
        _("Download it, or give the link to Excel and to others."),
    ),
    "jobs": PageHelp(
        _("Your large exports and imports, which the portal works off one after another."),
        _("Download what is ready. Results are kept for a week."),
    ),
    "job": PageHelp(_("One export or import: how far it is, and its result.")),
    "imports": PageHelp(
        _("What can be brought in from a file: users, agencies, the plan, budget lines."),
        _("Choose a kind. Nothing is written before you have seen what would change."),
    ),
    "import": PageHelp(
        _("The columns of this import, files to start from, and the upload."),
        _("Take the file with the present rows, change it, upload it."),
    ),
    "import-job": PageHelp(
        _("What the file would change, row by row, and what is wrong in it."),
        _("Correct the file and upload it again, or take the changes over."),
    ),
}
