"""What the records of the audit say, in words for people."""

import json

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the part of the action before the dot: what it is about.
AREAS: dict[str, str | Promise] = {
    "sign_in": _("Signing in"),
    "user": _("Accounts and rights"),
    "token": _("Access for programs"),
    "entry": _("Entries"),
    "attachment": _("Attachments"),
    "workbook": _("Workbooks"),
    "submission": _("Filing and review"),
    "comment": _("Comments"),
    "letter": _("Official letters"),
    "reminder": _("Reminders"),
    "mail": _("E-mails"),
    "report_text": _("Texts of the consolidated report"),
    "report": _("Consolidated report"),
    "export": _("Exports"),
    "view": _("Saved views"),
    "job": _("Jobs"),
    "import": _("Bulk import"),
    "programme": _("Programme"),
    "half_years": _("Half-years"),
    "demonstration": _("Demonstration"),
    "row": _("Administration"),
    "operation": _("Operation"),
}
ACTIONS: dict[str, str | Promise] = {
    "sign_in.done": _("signed in"),
    "sign_in.failed": _("failed to sign in"),
    "sign_in.locked_out": _("attempts to sign in refused for a while"),
    "sign_in.ended": _("signed out"),
    "sign_in.refused_secret": _("a wrong token was refused"),
    "user.added": _("account added"),
    "user.changed": _("account changed"),
    "user.deleted": _("account deleted"),
    "user.imported": _("rights given by an import"),
    "user.language_chosen": _("language chosen"),
    "user.invited": _("invitation sent again"),
    "user.link_asked": _("link for a forgotten password asked for"),
    "user.password_changed": _("password changed"),
    "user.password_chosen": _("password chosen by a link"),
    "user.app_added": _("authenticator app set up"),
    "user.app_removed": _("authenticator app removed"),
    "user.passkey_added": _("passkey added"),
    "user.passkey_removed": _("passkey removed"),
    "user.codes_made": _("recovery codes made"),
    "user.codes_shown": _("recovery codes shown"),
    "user.code_used": _("recovery code used"),
    "user.second_step_removed": _("second step removed by an administrator"),
    "token.made": _("token made"),
    "token.revoked": _("token revoked"),
    "entry.saved": _("entry saved"),
    "attachment.added": _("file attached"),
    "attachment.removed": _("file taken out"),
    "workbook.received": _("workbook uploaded"),
    "workbook.confirmed": _("workbook confirmed"),
    "workbook.forgotten": _("old workbook deleted"),
    "submission.sent": _("sent for signature"),
    "submission.recalled": _("recalled by the reporter"),
    "submission.sent_back": _("sent back by the signatory"),
    "submission.filed": _("filed"),
    "submission.accepted": _("accepted"),
    "submission.returned": _("returned for rework"),
    "submission.reopened": _("reopened"),
    "submission.extended": _("due date extended"),
    "submission.waived": _("rule waived"),
    "comment.made": _("comment written"),
    "comment.answered": _("comment answered"),
    "comment.resolved": _("comment resolved"),
    "letter.written": _("official letter written"),
    "reminder.stored": _("reminder sent"),
    "reminder.taken_back": _("reminder could not be sent"),
    "mail.tried_again": _("sending tried again"),
    "report_text.saved": _("text saved"),
    "report_text.compared": _("text compared with the draft"),
    "report.proposed": _("handed over for finalising"),
    "report.withdrawn": _("taken back"),
    "report.given_back": _("given back"),
    "report.finalised": _("finalised"),
    "report.sent": _("sent to the Government"),
    "report.document_made": _("document made"),
    "export.dataset": _("dataset downloaded"),
    "export.exhibit": _("figures of a page downloaded"),
    "export.summary": _("summary downloaded"),
    "export.workbook": _("workbook downloaded"),
    "export.consolidated": _("consolidated report downloaded"),
    "export.attachment": _("attachment downloaded"),
    "export.letter": _("letter downloaded"),
    "export.job_result": _("result of a job downloaded"),
    "export.current": _("data for an import downloaded"),
    "export.list": _("list read by a program"),
    "export.audit": _("audit records downloaded"),
    "view.saved": _("view saved"),
    "view.deleted": _("view deleted"),
    "job.queued": _("put in line"),
    "job.begun": _("begun"),
    "job.done": _("done"),
    "job.failed": _("failed"),
    "job.cancelled": _("cancelled"),
    "job.deleted": _("deleted with its files"),
    "import.written": _("import written"),
    "programme.loaded": _("programme loaded"),
    "half_years.generated": _("half-years brought in line"),
    "demonstration.filled": _("demonstration filled"),
    "row.added": _("row added"),
    "row.changed": _("row changed"),
    "row.deleted": _("row deleted"),
    "operation.reminded": _("reminders of the day sent"),
    "operation.backed_up": _("backup made"),
    "operation.restored": _("restored from a backup"),
}


def action_in_words(action: str) -> str:
    """“Entries: entry saved”; the name itself of an action that is not known any more."""
    area = AREAS.get(action.partition(".")[0])
    return f"{area}: {ACTIONS[action]}" if area and action in ACTIONS else action


def details_in_words(details: str) -> str:
    """The details on one line, as name=value."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in json.loads(details).items() if value not in ("", []))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
