"""Who filed when, and what happened to each report."""

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils.translation import gettext_lazy as _

from programme import calendar
from reports.models import Submission, SubmissionCopy, SubmissionEvent
from reports.timeliness import Timing, timeliness

from ..writing.table import Kind
from .columns import Column, codes
from .reported import DEMONSTRATION
from .shared import OfAgency, OfPeriod, OfReport


class Timeliness(OfPeriod, OfAgency, OfReport):
    name = "timeliness"
    title = _("Who filed when")
    description = _("One row for each report that an agency owes, with how it stands today.")
    keys = {"period": "period", "agency": "agency"}
    filters = {
        "programme": "period__programme__slug",
        "period_from": "period__code__gte",
        "period_to": "period__code__lte",
        "agency": "agency__code",
        "region": "agency__region__code",
        "state": "state",
    }
    needs = ("period", "state", "first_submitted_at", "extended_to")
    derived = ("due_on", "timing", "days_late")
    made_up = "is_demonstration"

    due_on = Column(
        _("Due date"), _("Last day on which this body's report is on time, with its extensions."), Kind.DATE
    )
    extended_to = Column(
        _("Extended to"),
        _("The later date that the body was given; empty: the half-year's own date counts."),
        Kind.DATE,
    )
    timing = Column(_("Deadline kept, code"), codes(Timing))
    timing_name = Column(
        _("Deadline kept"), _("As of today; the first filing decides."), attribute="timing", labels=Timing
    )
    days_late = Column(
        _("Days late"),
        _("Calendar days after the due day; 0: filed on time; empty: not filed and not overdue."),
        Kind.INTEGER,
    )
    first_filed_at = Column(
        _("First filed"), _("Empty before the first filing."), Kind.MOMENT, attribute="first_submitted_at"
    )
    filings = Column(_("Filings"), _("How often it was filed; 0: never."), Kind.INTEGER)
    receipt = Column(_("Receipt"), _("Receipt of the latest filing."))
    demonstration = Column(*DEMONSTRATION, Kind.BOOLEAN, attribute=made_up)

    def visible(self):
        latest = SubmissionCopy.objects.filter(submission=OuterRef("pk")).order_by("-number")
        return (
            Submission.objects.visible_to(self.user)
            .with_demonstration()
            .annotate(
                receipt=Subquery(latest.values("receipt")[:1]),
                filings=Coalesce(Subquery(latest.values("number")[:1]), 0),
            )
            .order_by("period__starts_on", "agency__ordinal", "pk")
        )

    def derive(self, rows):
        periods = {period.pk: period for period in self.things.periods}
        days = {key: calendar.today(period.programme.time_zone) for key, period in periods.items()}
        for row in rows:
            period, state, first, extended_to, *_others = row
            submission = Submission(
                period=periods[period], state=state, first_submitted_at=first, extended_to=extended_to
            )
            stands = timeliness(submission, days[period])
            is_counted = stands.is_filed or stands.timing == Timing.OVERDUE
            yield submission.due_on, stands.timing.value, stands.days if is_counted else None, *row


class Events(OfPeriod, OfAgency):
    name = "events"
    title = _("What happened to reports")
    description = _("One row for each step of a report: sent, filed, returned, accepted, extended and so on.")
    keys = {"period": "submission__period", "agency": "submission__agency"}
    filters = {
        "programme": "submission__period__programme__slug",
        "period_from": "submission__period__code__gte",
        "period_to": "submission__period__code__lte",
        "agency": "submission__agency__code",
        "region": "submission__agency__region__code",
        "action": "action",
    }
    made_up = "by__is_demonstration"

    at = Column(_("When"), _("When it happened."), Kind.MOMENT)
    by = Column(_("Who"), _("Name of the person."), attribute="person")
    action = Column(
        _("Step, code"),
        codes(SubmissionEvent.Action),
    )
    action_name = Column(_("Step"), _("The step in words."), attribute="action", labels=SubmissionEvent.Action)
    from_state = Column(_("State before, code"), codes(Submission.State))
    from_state_name = Column(
        _("State before"), _("The state of the report in words."), attribute="from_state", labels=Submission.State
    )
    to_state = Column(_("State after, code"), codes(Submission.State))
    to_state_name = Column(
        _("State after"), _("The state of the report in words."), attribute="to_state", labels=Submission.State
    )
    reason = Column(_("Reason"), _("The reason that was given."))
    receipt = Column(_("Receipt"), _("Receipt of the filing that it concerns."), attribute="copy__receipt")
    demonstration = Column(*DEMONSTRATION, Kind.BOOLEAN, attribute=made_up)

    def visible(self):
        full_name = Trim(Concat("by__first_name", Value(" "), "by__last_name"))
        submissions = Submission.objects.visible_to(self.user)
        return (
            SubmissionEvent.objects.filter(submission__in=submissions.values("pk"))
            .annotate(person=Coalesce(NullIf(full_name, Value("")), F("by__username")))
            .order_by("at", "pk")
        )
