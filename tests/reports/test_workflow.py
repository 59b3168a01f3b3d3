"""Whatever people do in whatever order and at whatever time, these hold.

- A filed copy never changes, and its hash is that of its content.
- The first filing date never moves.
- Every change of state has an event, and every filing one copy and one event.
- While a report is filed, its entries are those of the latest copy.
- Lateness follows from the events and the clock alone.
"""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from programme import calendar
from reports import filing, review
from reports.canonical import sha256_of
from reports.duty import owed_activities
from reports.models import Submission
from reports.timeliness import Timeliness, Timing, timeliness
from reports.transitions import Refused

from ..conftest import ALMATY
from .scenes import submission_of, write_all

DUE = datetime.date(2009, 7, 10)
PEOPLE = st.sampled_from(["reporter.akt", "signatory.akt", "reporter.kus", "coordinator", "coordinator2", "analyst"])


class HalfYear(RuleBasedStateMachine):
    """Aktobe's report from 8 July 2009 on. Each run is a savepoint that is rolled back."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = datetime.datetime(2009, 7, 8, 9, tzinfo=ALMATY)
        self.people = {user.username: user for user in User.objects.select_related("agency")}
        self.copies = {}
        self.first = None

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @property
    def submission(self) -> Submission:
        return submission_of("akimat-akt")

    def attempt(self, action, by, **details):
        before = self.submission.state
        try:
            with calendar.pretend(self.now):
                action(submission=self.submission, by=self.people[by], **details)
        except Refused:
            assert self.submission.state == before

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours):
        self.now += datetime.timedelta(hours=hours)

    @rule(by=PEOPLE, text=st.text("абвгәғқң ", max_size=20))
    def write(self, by, text):
        with calendar.pretend(self.now):
            try:
                write_all(self.submission, self.people[by], narrative=f"x{text}")
            except Refused:
                assert not self.submission.is_editable or self.people[by].agency != self.submission.agency

    @rule(by=PEOPLE)
    def submit(self, by):
        self.attempt(filing.submit, by)
        self.first = self.first or self.submission.first_submitted_at

    @rule(by=PEOPLE)
    def accept(self, by):
        self.attempt(review.accept, by)

    @rule(by=PEOPLE, reason=st.sampled_from(["", "Толықтырыңыз"]))
    def give_back(self, by, reason):
        self.attempt(review.return_for_rework, by, reason=reason)

    @rule(by=PEOPLE, reason=st.sampled_from(["", "Сома қате"]))
    def reopen(self, by, reason):
        self.attempt(review.reopen, by, reason=reason)

    @rule(agrees=st.booleans(), hours=st.integers(0, 30))
    def carry_on(self, agrees, hours):
        """What the right person would do next; the other rules alone seldom get past a first filing."""
        self.now += datetime.timedelta(hours=hours)
        match self.submission.state:
            case Submission.State.SUBMITTED if agrees:
                self.accept("coordinator")
            case Submission.State.SUBMITTED:
                self.give_back("coordinator2", "Толықтырыңыз")
            case Submission.State.ACCEPTED:
                self.reopen("coordinator", "Сома қате")
            case _:
                self.write("reporter.akt", "ғ" * (hours % 5))
                self.submit("signatory.akt")

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
        states = [Submission.State.DRAFT, *(event.to_state for event in submission.events.all())]
        assert submission.state == states[-1]
        assert [event.from_state for event in submission.events.all()] == states[:-1]
        assert states.count("submitted") == submission.copies.count()

    @invariant()
    def a_filed_report_is_its_latest_copy(self):
        submission = self.submission
        if submission.state in Submission.FILED:
            filed = {entry["activity"]: entry["narrative"] for entry in submission.copies.last().data["entries"]}
            assert {owed.activity.ordinal: owed.entry.narrative for owed in owed_activities(submission)} == filed

    @invariant()
    def lateness_follows_from_events_and_clock(self):
        submission, today = self.submission, self.now.date()
        if submission.state in Submission.FILED:
            late = (submission.events.first().at.astimezone(ALMATY).date() - DUE).days
            expected = Timeliness(Timing.LATE, late) if late > 0 else Timeliness(Timing.ON_TIME)
        elif today > DUE:
            expected = Timeliness(Timing.OVERDUE, (today - DUE).days)
        else:
            expected = Timeliness(Timing.DUE_SOON, (DUE - today).days)
        assert timeliness(submission, today) == expected


@pytest.mark.django_db
def test_a_half_year_in_any_order():
    run_state_machine_as_test(
        HalfYear,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            # Shrinking replays hundreds of half-years; a failure is read well enough without.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
