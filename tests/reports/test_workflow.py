"""Whatever people do in whatever order and at whatever time, these hold.

- A filed copy never changes, and its hash is that of its content.
- The first filing date never moves.
- Every change of state has an event, every filing one copy and one event, every extension and waiver its event.
- While a report is filed or awaits signature, no part of it changes: texts, money, indicators, files.
- A filed report is what its latest copy says.
- A report awaits signature only while it is a draft or returned, and only after it was sent.
- Comments keep their texts and their place through every round; what is resolved stays resolved.
- A waiver counts for one filing and stays with it.
- An extension only ever moves the due date later; the half-year's own due date never moves.
- Lateness follows from the events, the extensions and the clock alone.
- Nothing that is refused leaves a trace.
"""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from activities.models import Activity
from programme import calendar
from reports import filing, review
from reports.attachments import check_upload
from reports.canonical import sha256_of
from reports.copies import entries_content
from reports.duty import owed_activities, owed_activity
from reports.models import Comment, Submission, SubmissionEvent
from reports.timeliness import Timeliness, Timing, timeliness
from reports.transitions import Refused

from ..conftest import ALMATY
from .scenes import submission_of, write_all

DUE = datetime.date(2009, 7, 10)
PEOPLE = st.sampled_from(["reporter.akt", "signatory.akt", "reporter.kus", "coordinator", "coordinator2", "analyst"])
OWN_PEOPLE = ("reporter.akt", "signatory.akt")
WORDS = st.sampled_from(["", "  ", "Толықтырыңыз", "Сома қате", "№ 5"])
ACTIONS = (
    "write", "attach", "detach", "send", "recall", "send_back", "submit", "accept", "give_back", "reopen",
    "comment", "comment_on_a_field", "answer", "resolve", "extend", "waive",
)  # fmt: skip


class HalfYear(RuleBasedStateMachine):
    """Aktobe's report from 8 July 2009 on. Each run is a savepoint that is rolled back."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = datetime.datetime(2009, 7, 8, 9, tzinfo=ALMATY)
        self.people = {user.username: user for user in User.objects.select_related("agency")}
        self.activity = Activity.objects.get(ordinal=17)
        write_all(self.submission, self.people["reporter.akt"])
        self.copies, self.comments, self.locked = {}, {}, None
        self.first, self.due = None, DUE

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @property
    def submission(self) -> Submission:
        return submission_of("akimat-akt")

    def content(self) -> list[dict]:
        submission = self.submission
        return entries_content(owed_activities(submission), list(submission.attachments.current()))

    def trace(self) -> tuple:
        """All that an action could leave behind."""
        submission = self.submission
        return (
            submission.state,
            submission.awaits_signature,
            submission.due_on,
            submission.events.count(),
            submission.copies.count(),
            submission.comments.count(),
            submission.waivers.count(),
            submission.attachments.count(),
            submission.entries.count(),
        )

    def attempt(self, action, by, **details):
        before = self.trace()
        try:
            with calendar.pretend(self.now):
                return action(by=self.people[by], **details)
        except Refused:
            assert self.trace() == before
            return None

    def write(self, by, text):
        owed = owed_activity(self.submission, self.activity.ordinal)
        values = {"status": "in_progress", "narrative": f"x{text}", "reason": "Мерзім нақтыланды.", "next_step": ""}
        self.attempt(
            filing.save_entry,
            by,
            submission=self.submission,
            activity=self.activity,
            version=owed.entry.version,
            values=values,
            spending={},
        )

    def attach(self, by, text):
        upload = check_upload(ContentFile(b"%PDF-1.4 " + text.encode(), name="шешім.pdf"))
        self.attempt(filing.attach, by, submission=self.submission, activity=self.activity, upload=upload)

    def detach(self, by, text):
        if attachment := self.submission.attachments.current().first():
            self.attempt(filing.detach, by, attachment=attachment)

    def send(self, by, text):
        self.attempt(filing.send_for_signature, by, submission=self.submission)

    def recall(self, by, text):
        self.attempt(filing.recall, by, submission=self.submission)

    def send_back(self, by, text):
        self.attempt(filing.send_back, by, submission=self.submission, reason=text)

    def submit(self, by, text=""):
        self.attempt(filing.submit, by, submission=self.submission)
        self.first = self.first or self.submission.first_submitted_at

    def accept(self, by, text):
        self.attempt(review.accept, by, submission=self.submission)

    def give_back(self, by, text):
        self.attempt(review.return_for_rework, by, submission=self.submission, reason=text)

    def reopen(self, by, text):
        self.attempt(review.reopen, by, submission=self.submission, reason=text)

    def comment(self, by, text):
        self.attempt(review.comment, by, submission=self.submission, text=text)

    def comment_on_a_field(self, by, text):
        place = {"activity": self.activity, "field": "narrative"}
        self.attempt(review.comment, by, submission=self.submission, text=text, **place)

    def answer(self, by, text):
        if thread := Comment.objects.filter(submission=self.submission, answers_to=None).last():
            given = self.attempt(review.answer, by, comment=thread, text=text)
            assert given is None or thread.resolved_at is None

    def resolve(self, by, text):
        if thread := Comment.objects.filter(submission=self.submission, answers_to=None).last():
            self.attempt(review.resolve, by, comment=thread)

    def extend(self, by, text):
        """To a date around the one in force; a body with much to say asks for more days."""
        due_on = self.due + datetime.timedelta(days=len(text) - 8)
        given = self.attempt(
            review.extend, by, submission=self.submission, due_on=due_on, reason=text, act="№ 5 бұйрық"
        )
        if given:
            assert due_on > self.due
            self.due = due_on

    def waive(self, by, text):
        rule = "narrative_missing"
        self.attempt(review.waive, by, submission=self.submission, activity=self.activity, rule=rule, reason=text)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours):
        self.now += datetime.timedelta(hours=hours)

    @rule(action=st.sampled_from(ACTIONS), by=PEOPLE, text=WORDS)
    def somebody_tries(self, action, by, text):
        """Anybody, anything, at any time."""
        getattr(self, action)(by, text)

    @rule(action=st.sampled_from(("write", "attach", "detach")), by=st.sampled_from(OWN_PEOPLE), text=WORDS)
    def the_agency_changes_something(self, action, by, text):
        getattr(self, action)(by, text)

    @rule(agrees=st.booleans(), hours=st.integers(0, 20))
    def carry_on(self, agrees, hours):
        """What the right person would do next; the other rules alone seldom get past a first filing."""
        self.now += datetime.timedelta(hours=hours)
        submission = self.submission
        match submission.state:
            case Submission.State.SUBMITTED if agrees:
                self.accept("coordinator", "")
            case Submission.State.SUBMITTED:
                self.comment_on_a_field("coordinator2", "Толықтырыңыз")
                self.give_back("coordinator2", "Толықтырыңыз")
            case Submission.State.ACCEPTED:
                self.reopen("coordinator", "Сома қате")
            case _ if submission.awaits_signature:
                self.submit("signatory.akt")
            case _ if agrees and hours < 7:
                self.extend("coordinator", "Су тасқынына байланысты")
            case _ if agrees and hours < 11:
                self.waive("coordinator", "Бекітілген хат")
            case _:
                self.write("reporter.akt", "ғ" * (hours % 5))
                self.send("reporter.akt", "")

    @invariant()
    def copies_never_change(self):
        found = {copy.number: copy for copy in self.submission.copies.all()}
        assert {number: found[number].content for number in self.copies} == self.copies
        assert all(copy.sha256 == sha256_of(copy.content) for copy in found.values())
        self.copies = {number: copy.content for number, copy in found.items()}

    @invariant()
    def the_first_date_never_moves(self):
        assert self.submission.first_submitted_at == self.first

    @invariant()
    def every_change_has_its_event(self):
        submission = self.submission
        events = list(submission.events.all())
        states = [Submission.State.DRAFT, *(event.to_state for event in events)]
        assert submission.state == states[-1]
        assert [event.from_state for event in events] == states[:-1]
        actions = [event.action for event in events]
        assert actions.count("filed") == submission.copies.count()
        assert actions.count("extended") == submission.extensions.count()
        assert actions.count("waived") == submission.waivers.count()
        assert all(event.reason for event in events if event.action in ("returned", "reopened", "sent_back"))

    @invariant()
    def no_locked_part_changes(self):
        submission = self.submission
        if submission.state not in Submission.FILED and not submission.awaits_signature:
            self.locked = None
            return
        content = self.content()
        assert self.locked is None or self.locked == content
        self.locked = content

    @invariant()
    def a_filed_report_is_its_latest_copy(self):
        submission = self.submission
        if submission.state in Submission.FILED:
            assert self.content() == submission.copies.last().data["entries"]

    @invariant()
    def a_waiver_counts_for_one_filing(self):
        submission = self.submission
        assert submission.state not in Submission.FILED or not submission.waivers.filter(copy=None).exists()

    @invariant()
    def it_awaits_signature_only_after_it_was_sent(self):
        submission = self.submission
        signing = {"sent", "recalled", "sent_back", "filed"}
        steps = [event.action for event in submission.events.all() if event.action in signing]
        assert submission.awaits_signature == (steps[-1:] == [SubmissionEvent.Action.SENT])

    @invariant()
    def comments_survive_every_round(self):
        found = {
            comment.pk: (comment.text, comment.activity_id, comment.field, comment.copy_id, comment.resolved_at)
            for comment in self.submission.comments.all()
        }
        for key, (*place, resolved_at) in self.comments.items():
            assert found[key][:4] == tuple(place)
            assert resolved_at is None or found[key][4] == resolved_at
        self.comments = found

    @invariant()
    def the_own_due_date_never_moves(self):
        submission = self.submission
        assert submission.period.submissions_due == DUE
        assert submission.due_on == self.due

    @invariant()
    def lateness_follows_from_events_extensions_and_clock(self):
        submission, today = self.submission, self.now.date()
        if submission.state in Submission.FILED:
            filed = submission.events.filter(action="filed").first()
            late = (filed.at.astimezone(ALMATY).date() - self.due).days
            expected = Timeliness(Timing.LATE, late) if late > 0 else Timeliness(Timing.ON_TIME)
        elif today > self.due:
            expected = Timeliness(Timing.OVERDUE, (today - self.due).days)
        else:
            left = (self.due - today).days
            expected = Timeliness(Timing.DUE_SOON if left <= 3 else Timing.OPEN, left)
        assert timeliness(submission, today) == expected


@pytest.mark.django_db
def test_a_half_year_in_any_order():
    run_state_machine_as_test(
        HalfYear,
        settings=settings(
            max_examples=18,
            stateful_step_count=28,
            deadline=None,
            derandomize=True,
            # Shrinking replays hundreds of half-years; a failure is read well enough without.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
