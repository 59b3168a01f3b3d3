from django.db import migrations

from programme.migrations._stamps import PLAN, stamp, unstamp

PLAN_TABLES = [
    "programme_region", "programme_agency", "programme_programme", "programme_reportingrule", "programme_clause",
    "programme_legalact", "programme_passportrow", "programme_paragraph", "programme_stage", "programme_task",
    "programme_direction", "programme_measure", "programme_expectedresult", "programme_resulttarget",
    "programme_financing", "programme_abbreviation", "programme_baselinetable", "programme_baselinevalue",
    "programme_finding", "programme_sourcetext", "activities_section", "activities_heading", "activities_activity",
    "activities_responsibility", "activities_deadline", "activities_indicator", "budget_budgetline",
    "budget_clarification", "budget_printedtotal", "budget_printednote",
]
# Names of people stand on pages; when they last signed in does not.
PEOPLE = ("accounts_user", ("username", "first_name", "last_name", "email", "role", "agency_id", "is_active"))

# What was filed and finalised has a stamp of its own: figures are made of it, and neither of comments nor of texts.
_OF_PERIOD = "(SELECT '{subject}:' || programme_id FROM reports_period WHERE id = row.period_id)"
_OF_SUBMISSION = (
    "(SELECT '{subject}:' || p.programme_id FROM reports_submission AS s "
    "JOIN reports_period AS p ON p.id = s.period_id WHERE s.id = row.submission_id)"
)
_OF_REPORT = (
    "(SELECT '{subject}:' || p.programme_id FROM reports_consolidatedreport AS r "
    "JOIN reports_period AS p ON p.id = r.period_id WHERE r.id = row.report_id)"
)
REPORT_TABLES = {
    "reports_period": "'filed:' || row.programme_id",
    **dict.fromkeys(("reports_submission", "reports_consolidatedreport"), _OF_PERIOD.format(subject="filed")),
    "reports_submissioncopy": _OF_SUBMISSION.format(subject="filed"),
    "reports_dispatch": _OF_REPORT.format(subject="filed"),
    **dict.fromkeys(
        ("reports_reporttext", "reports_proposal", "reports_reportevent", "reports_reminder"),
        _OF_PERIOD.format(subject="reports"),
    ),
    **dict.fromkeys(
        ("reports_submissionevent", "reports_letter", "reports_comment", "reports_extension", "reports_waiver"),
        _OF_SUBMISSION.format(subject="reports"),
    ),
    "reports_reportdocument": _OF_REPORT.format(subject="reports"),
}


def add(apps, schema_editor):
    for table in PLAN_TABLES:
        stamp(schema_editor, table, PLAN)
    stamp(schema_editor, PEOPLE[0], PLAN, PEOPLE[1])
    for table, subject in REPORT_TABLES.items():
        stamp(schema_editor, table, subject)


def remove(apps, schema_editor):
    for table in [*PLAN_TABLES, PEOPLE[0], *REPORT_TABLES]:
        unstamp(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ('reports', '0009_words'),
        ('programme', '0003_stamp'),
        ('accounts', '0003_leadership'),
        ('activities', '0004_words'),
        ('budget', '0001_initial'),
    ]

    operations = [migrations.RunPython(add, remove)]
