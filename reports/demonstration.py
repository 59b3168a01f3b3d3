"""The demonstration state: accounts, past half-years filed and consolidated, the current one in every state.

Everything goes through the portal's own actions at the moment it pretends to happen, and nothing is random, so that
two demonstrations of the same day are the same.
"""

import datetime
import json
import zlib
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Role, User
from activities.models import Deadline
from programme import calendar, searching
from programme.models import Agency, Programme
from programme.money import ZERO
from programme.words import refresh, words_of

from . import filing, notices, review
from .canonical import canonical_json
from .consolidation import finalising
from .duty import OwedActivity, OwedLine, owed_activities, owed_by_submission
from .models import Comment, Entry, EntryRevision, IndicatorValue, Period, Spending, Submission
from .periods import current_period, filers

PASSWORD = "demo-2009"  # noqa: S105  printed on purpose: these accounts exist only where DEBUG is on
TEXTS = settings.BASE_DIR / "fixtures" / "demonstration" / "narratives.json"

# Days after the due date, by half-year of the year and agency; MISSING never files.
LATE = {1: {"akimat-zap": 3, "akimat-zha": 9}, 2: {"akimat-ala": 2, "akimat-yuz": 6, "mlsp": 1}}
MISSING = {1: "akimat-man", 2: "akimat-kzy"}
# How far the current half-year has come; agencies not named have an empty draft.
CURRENT = {
    "accepted": ("akimat-pav", "akimat-kus", "akimat-sev", "mfa"),
    "submitted": ("akimat-aty", "akimat-kar", "akimat-vos", "akimat-zap", "moh"),
    "returned": ("akimat-zha", "akimat-alm"),
    "awaits_signature": ("akimat-yuz",),
    "extended": ("akimat-man",),
    "draft": ("akimat-akt", "akimat-akm", "akimat-ala", "moes", "mci"),
}
# Entries that a draft still lacks.
UNFINISHED = 3
WRITES_RUSSIAN = ("akimat-akm", "akimat-kus", "akimat-pav", "akimat-sev", "akimat-kar", "akimat-vos", "mfa")
BUILDS = (14, 22, 35, 36, 37)  # rows that concern only the regions with a budget line


def _pick(*what: object) -> int:
    """A number that depends on nothing but `what`."""
    return zlib.crc32("/".join(map(str, what)).encode())


class Demonstration:
    """Fills one programme as of a day. Accounts are made where they are missing; reports only once."""

    def __init__(self, programme: Programme, as_of: datetime.date):
        self.programme = programme
        self.as_of = as_of
        self.zone = ZoneInfo(programme.time_zone)
        self.agencies = list(filers(programme).select_related("region"))
        self.texts = json.loads(TEXTS.read_text(encoding="utf-8"))

    @notices.held()
    @transaction.atomic
    def fill(self) -> bool:
        """Returns whether reports were made; False if somebody has already entered or filed something."""
        self.users = self._accounts()
        ours = Submission.objects.filter(period__programme=self.programme)
        if Entry.objects.filter(submission__in=ours).exists() or ours.exclude(state=Submission.State.DRAFT).exists():
            return False
        for period in self.programme.periods.opened(self.as_of).select_related("programme__lead_agency"):
            if period.is_lapsed:
                continue
            if self._is_current(period):
                self._under_way(period)
            else:
                self._completed(period)
        return True

    def _accounts(self) -> dict[str, User]:
        lead = self.programme.lead_agency
        wanted: dict[str, tuple[str, Agency | None]] = {
            "coordinator": (Role.COORDINATOR, lead),
            "coordinator2": (Role.COORDINATOR, lead),
            "analyst": (Role.ANALYST, None),
            "leader": (Role.LEADERSHIP, None),
            "admin": (Role.ADMINISTRATOR, None),
        }
        for agency in self.agencies:
            short = agency.code.removeprefix("akimat-")
            wanted[f"reporter.{short}"] = (Role.REPORTER, agency)
            if agency.region:
                wanted[f"signatory.{short}"] = (Role.SIGNATORY, agency)
                wanted[f"akim.{short}"] = (Role.LEADERSHIP, agency)
        existing = set(User.objects.filter(username__in=wanted).values_list("username", flat=True))
        password = make_password(PASSWORD)
        User.objects.bulk_create(
            User(
                username=username,
                role=role,
                agency=agency,
                password=password,
                email=f"{username}@portal.example",
                is_demonstration=True,
                is_staff=role == Role.ADMINISTRATOR,
                is_superuser=role == Role.ADMINISTRATOR,
            )
            for username, (role, agency) in wanted.items()
            if username not in existing
        )
        return {user.username: user for user in User.objects.filter(username__in=wanted).select_related("agency")}

    def _completed(self, period: Period) -> None:
        """Filed by all but one, a few of them late; accepted; consolidated and sent on the last day."""
        days = {}
        for submission in self._submissions(period):
            code = submission.agency.code
            late = LATE[period.half].get(code)
            days[submission] = (
                period.submissions_due + datetime.timedelta(days=late)
                if late
                else period.opens_on + datetime.timedelta(days=1 + _pick(code, period.code) % 9)
            )
        days = {submission: day for submission, day in days.items() if submission.agency.code != MISSING[period.half]}
        self._write(period, days)
        for submission, day in days.items():
            self._file(submission, day)
            self._accept(submission, min(day + datetime.timedelta(days=1), period.consolidated_due))
        self._send(period)

    def _send(self, period: Period) -> None:
        """Handed over, finalised and sent on the last day, with an outgoing number that is made up."""
        day = period.consolidated_due
        with calendar.pretend(self._moment(day, "proposed", hour=15)):
            finalising.propose(period=period, by=self.users["coordinator"])
        with calendar.pretend(self._moment(day, "final", hour=16)):
            report = finalising.finalise(period=period, by=self.users["coordinator2"])
        with calendar.pretend(self._moment(day, "sent", hour=17)), translation.override("kk"):
            finalising.send(
                report=report,
                by=self.users["coordinator"],
                number=f"12-3/{1000 + _pick(period.code, 'outgoing') % 900}",
                dated=day,
                addressee=gettext("To the Government of the Republic of Kazakhstan"),
            )

    def _under_way(self, period: Period) -> None:
        """In every state, as far as `as_of` allows."""
        passed = (self.as_of - period.opens_on).days
        days = {
            submission: period.opens_on + datetime.timedelta(days=min(passed, _pick(submission.agency.code) % 4))
            for submission in self._submissions(period)
        }
        written = [code for state, codes in CURRENT.items() if state != "extended" for code in codes]
        self._write(period, {submission: day for submission, day in days.items() if submission.agency.code in written})
        for submission, early in days.items():
            code = submission.agency.code
            if code in CURRENT["accepted"]:
                self._file(submission, early)
                self._accept(submission, min(early + datetime.timedelta(days=1), self.as_of))
            elif code in CURRENT["submitted"]:
                self._file(submission, early)
            elif code in CURRENT["returned"]:
                self._file(submission, early)
                self._return(submission, min(early + datetime.timedelta(days=1), self.as_of))
            elif code in CURRENT["awaits_signature"]:
                with calendar.pretend(self._moment(early, code, hour=11)):
                    filing.send_for_signature(submission=submission, by=self._reporter(submission.agency))
            elif code in CURRENT["extended"]:
                with calendar.pretend(self._moment(early, code, hour=10)):
                    self._extend(submission)

    def _submissions(self, period: Period):
        return Submission.objects.filter(period=period).with_context()

    def _moment(self, day: datetime.date, *what: object, hour: int = 9) -> datetime.datetime:
        return datetime.datetime.combine(day, datetime.time(hour, _pick(day, *what) % 60), self.zone)

    def _reporter(self, agency: Agency) -> User:
        return self.users[f"reporter.{agency.code.removeprefix('akimat-')}"]

    def _file(self, submission: Submission, day: datetime.date) -> None:
        with calendar.pretend(self._moment(day, submission.agency.code) + datetime.timedelta(hours=2)):
            reporter = self._reporter(submission.agency)
            signatory = self.users.get(reporter.username.replace("reporter", "signatory"))
            if signatory:
                filing.send_for_signature(submission=submission, by=reporter)
            filing.submit(submission=submission, by=signatory or reporter)

    def _accept(self, submission: Submission, day: datetime.date) -> None:
        own = submission.agency == self.programme.lead_agency
        with calendar.pretend(self._moment(day, submission.agency.code, hour=14)):
            review.accept(submission=submission, by=self.users["coordinator2" if own else "coordinator"])

    def _write(self, period: Period, days: dict[Submission, datetime.date]) -> None:
        """Entries for what is owed, of drafts all but the last; in bulk, because a draft leaves no event."""
        owed = owed_by_submission(period, days)
        prefetch_related_objects(list({item.activity for items in owed.values() for item in items}), "deadlines")
        written = []
        for submission, day in days.items():
            items, code = owed[submission.pk], submission.agency.code
            is_draft = code in CURRENT["draft"] and self._is_current(period)
            moment = self._moment(day, code)
            for item in items[: len(items) - UNFINISHED if is_draft else None]:
                written.append((submission, item, self._entry(submission, item, moment)))
        Entry.objects.bulk_create(entry for _submission, _item, entry in written)
        reported = [row for row in written if row[2].status not in Entry.BLANKS]
        Spending.objects.bulk_create(
            Spending(entry=entry, line=owed_line.line, amount=self._amount(submission, owed_line))
            for submission, item, entry in reported
            for owed_line in item.lines
        )
        IndicatorValue.objects.bulk_create(
            IndicatorValue(entry=entry, indicator=counted.indicator, value=self._count(submission, item, number))
            for submission, item, entry in reported
            for number, counted in enumerate(item.indicators)
        )
        self._explain(period, days)
        entries = list(Entry.objects.filter(submission__in=days).prefetch_related("spending", "indicator_values"))
        EntryRevision.objects.bulk_create(
            EntryRevision(
                entry=entry,
                version=entry.version,
                at=entry.updated_at,
                by_id=entry.updated_by_id,
                content=canonical_json(filing.revision_content(entry)),
            )
            for entry in entries
        )
        searching.remember(word for entry in entries for word in words_of(entry))

    def _explain(self, period: Period, days: Iterable[Submission]) -> None:
        """A reason where the figures ask for one."""
        submissions = {submission.pk: submission for submission in days}
        unexplained = [
            (item.entry, submissions[pk].agency)
            for pk, items in owed_by_submission(period, submissions.values()).items()
            for item in items
            if item.entry and item.problems
        ]
        for entry, agency in unexplained:
            entry.reason = self._text(self.texts["explanations"], agency, period.code, entry.activity_id)
            refresh(entry)
        Entry.objects.bulk_update([entry for entry, _agency in unexplained], ["reason", "words"])

    def _is_current(self, period: Period) -> bool:
        return period == current_period(self.programme, self.as_of) and self.as_of <= period.consolidated_due

    def _entry(self, submission: Submission, item: OwedActivity, moment: datetime.datetime) -> Entry:
        agency, period, ordinal = submission.agency, submission.period, item.activity.ordinal
        status = self._status(period, agency, item)
        kind = "akimat" if agency.region else "ministry"
        texts = self.texts["activities"][str(ordinal)].get(kind, {})
        narrative = reason = next_step = ""
        if status not in Entry.BLANKS:
            narrative = self._text(texts.get(status) or texts["in_progress"], agency, period.code, ordinal)
        if status in Entry.NEEDS_REASON:
            variants = self.texts["reasons"][status]
            # The first two speak of a region without such institutions, the others of work done before.
            reason = self._text(variants[:2] if ordinal in BUILDS else variants, agency, period.code, ordinal)
        if status in (Entry.Status.DELAYED, Entry.Status.IN_PROGRESS):
            next_step = self._text(self.texts["next_steps"], agency, period.code, ordinal, "next")
        document = item.document if status == Entry.Status.DONE else None
        return Entry(
            completed_on=self._completed_on(period, agency, item) if document else None,
            document_kind=document or "",
            document_number=f"{1 + _pick(agency.code, ordinal) % 400}" if document and document.has_number else "",
            document_date=self._completed_on(period, agency, item) if document else None,
            submission=submission,
            activity=item.activity,
            status=status,
            narrative=narrative,
            reason=reason,
            next_step=next_step,
            updated_at=moment,
            updated_by=self._reporter(agency),
        )

    def _completed_on(self, period: Period, agency: Agency, item: OwedActivity) -> datetime.date:
        """A few days before the date of the plan if that falls into the half-year, by one in six after it."""
        due = max(deadline.date for deadline in item.activity.deadlines.all())
        number = _pick(agency.code, item.activity.ordinal, "completed")
        if not period.starts_on <= due <= period.ends_on or number % 6 == 0:
            return period.ends_on
        return max(due - datetime.timedelta(days=number % 12), period.starts_on, self.programme.adopted_on)

    def _status(self, period: Period, agency: Agency, item: OwedActivity) -> str:
        chance = _pick(agency.code, period.code, item.activity.ordinal, "status") % 100
        if agency.region and item.activity.ordinal in BUILDS and not item.lines:
            return Entry.Status.NOT_APPLICABLE
        deadlines = list(item.activity.deadlines.all())
        last = max(deadline.date for deadline in deadlines)
        if all(deadline.kind == Deadline.Kind.ONE_OFF for deadline in deadlines):
            if last <= period.ends_on:
                return Entry.Status.DONE if chance < 97 else Entry.Status.DELAYED
            if (last - period.ends_on).days > 300:
                return Entry.Status.NOT_DUE
            return Entry.Status.IN_PROGRESS if chance < 92 else Entry.Status.NOT_DUE
        if last <= period.submissions_due:
            return Entry.Status.DONE if chance < 70 else Entry.Status.IN_PROGRESS
        return Entry.Status.DELAYED if chance < 1 else Entry.Status.NO_DATA if chance < 3 else Entry.Status.IN_PROGRESS

    def _amount(self, submission: Submission, owed_line: OwedLine) -> Decimal:
        """About two fifths of the line in the first half-year, most of the rest in the second."""
        period, line = submission.period, owed_line.line
        share = Decimal(30 + _pick(line.pk, period.code) % 20) / 100
        if period.half == 2:
            before = Decimal(30 + _pick(line.pk, f"{period.year}-H1") % 20) / 100
            share = Decimal("0.99") - before
        return (line.amount * share).quantize(ZERO)

    def _count(self, submission: Submission, item: OwedActivity, number: int) -> int:
        """The first indicator counts institutions, the second the children in them."""
        opened = _pick(submission.agency.code, submission.period.code, item.activity.ordinal) % 4 == 0
        return (1 if number == 0 else 20 + _pick(submission.agency.code, item.activity.ordinal) % 60) * opened

    def _return(self, submission: Submission, day: datetime.date) -> None:
        """With a comment on an entry, and one on a field that the reporter has answered."""
        agency, coordinator = submission.agency, self.users["coordinator"]
        owed = owed_activities(submission)
        with calendar.pretend(self._moment(day, agency.code, hour=15)):
            for item, name in ((owed[0], ""), (owed[-1], Comment.Field.NARRATIVE)):
                text = self._text(self.texts["comments"], agency, name)
                left = review.comment(
                    submission=submission, by=coordinator, text=text, activity=item.activity, field=name
                )
            reason = self._text(self.texts["returns"], agency, agency.code)
            review.return_for_rework(submission=submission, by=coordinator, reason=reason)
            answer = self._text(self.texts["answers"], agency, agency.code)
            review.answer(comment=left, by=self._reporter(agency), text=answer)

    def _extend(self, submission: Submission) -> None:
        review.extend(
            submission=submission,
            by=self.users["coordinator"],
            due_on=submission.period.submissions_due + datetime.timedelta(days=4),
            reason=self._text(self.texts["extensions"], submission.agency, "reason"),
            act=self._text(self.texts["extension_acts"], submission.agency, "act"),
        )

    def _text(self, variants: list[dict[str, str]], agency: Agency, *what: object) -> str:
        """One of the variants, in the language that the agency writes, with its counts filled in."""
        number = _pick(agency.code, *what)
        text = variants[number % len(variants)]["ru" if agency.code in WRITES_RUSSIAN else "kk"]
        return text.replace("{n}", str(2 + number % 59)).replace("{m}", str(100 + number % 801))
