"""Everything that was changed in a report: who, when, before, after, why.

An agency's own people see each save of an entry and each file. Those who read everything never see a draft: for them
entries and files change from one filing to the next.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity

from .comparison import ComparedFact, compare_facts
from .models import Attachment, Comment, Submission, SubmissionCopy, SubmissionEvent
from .reading import Fact, activities_by_ordinal, all_facts
from .revisions import revised

Action = SubmissionEvent.Action
Pair = tuple[Fact | None, Fact | None]


@dataclass(frozen=True)
class Change:
    """`text`: what somebody wrote about it; `details`: labels with what they say; `pairs`: before and after.

    `file_before` and `file`: the attachment that was there and the one that is. `state`: that the report came into.
    """

    at: datetime.datetime
    by: User
    title: str
    activity: Activity | None = None
    text: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    file_before: Attachment | None = None
    file: Attachment | None = None
    state: str = ""

    @property
    def day(self) -> datetime.date:
        return timezone.localtime(self.at).date()

    @property
    def is_new(self) -> bool:
        """Nothing of what it shows was there before."""
        return not any(before for before, _after in self.pairs)

    @property
    def facts(self) -> list[ComparedFact]:
        """The pairs with their differences marked."""
        return [compare_facts(before, after) for before, after in self.pairs]


def changes(submission: Submission, user: User, activity: Activity | None = None) -> list[Change]:
    """What `user` may know of the report's history, or of one activity's, newest first.

    Ten queries at most, however long the history. The period and its programme are loaded with the submission.
    """
    activities = {one.pk: one for one in activities_by_ordinal(submission.period.programme_id).values()}
    events = list(submission.events.select_related("by", "copy").defer("copy__content"))
    found = [*_comments(submission, user), *_steps(events), *_extensions(submission), *_waivers(submission)]
    if not user.files_for_agency:
        found += _between_filings(submission, activities)
    else:
        found += _files(submission, user)
        found += _saves(submission, activities, events)
    found = [change for change in found if activity is None or change.activity == activity]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _comments(submission: Submission, user: User) -> Iterator[Change]:
    comments = Comment.objects.visible_to(user).filter(submission=submission)
    for comment in comments.select_related("by", "resolved_by", "activity", "answers_to").order_by("-at", "-pk"):
        details = [(_("Field"), comment.get_field_display())] if comment.field else []
        if comment.resolved_at:
            yield Change(
                comment.resolved_at,
                comment.resolved_by,
                _("Comment resolved"),
                comment.activity,
                details=[*details, (_("Comment"), comment.text)],
            )
        if comment.answers_to:
            details.append((_("Comment"), comment.answers_to.text))
        title = _("Answer to a comment") if comment.answers_to else _("Comment")
        yield Change(comment.at, comment.by, title, comment.activity, comment.text, details)


def _steps(events: list[SubmissionEvent]) -> Iterator[Change]:
    """What happened to the report as a whole. Extensions and waivers say more in their own records."""
    for event in reversed(events):
        if event.action in (Action.EXTENDED, Action.WAIVED):
            continue
        details = []
        if event.from_state != event.to_state:
            details.append(_passage(_("State"), event.get_from_state_display(), event.get_to_state_display()))
        if event.action == Action.FILED:
            details.append((_("Receipt"), event.copy.receipt))
        title = event.get_action_display()
        yield Change(event.at, event.by, title, text=event.reason, details=details, state=event.to_state)


def _extensions(submission: Submission) -> Iterator[Change]:
    extensions = list(submission.extensions.select_related("by"))
    dates = [submission.period.submissions_due, *(extension.due_on for extension in extensions)]
    shown = [date_format(date, "DATE_FORMAT") for date in dates]
    for extension, (before, after) in reversed(list(zip(extensions, pairwise(shown), strict=True))):
        details = [_passage(_("Due date"), before, after), (_("On the basis of"), extension.act)]
        yield Change(extension.at, extension.by, Action.EXTENDED.label, text=extension.reason, details=details)


def _passage(label: str, before: str, after: str) -> tuple[str, str]:
    return label, f"{before} → {after}"


def _waivers(submission: Submission) -> Iterator[Change]:
    for waiver in submission.waivers.select_related("by", "activity").order_by("-at", "-pk"):
        details = [(_("Rule"), waiver.get_rule_display())]
        yield Change(waiver.at, waiver.by, Action.WAIVED.label, waiver.activity, waiver.reason, details)


def _saves(submission: Submission, activities: dict[int, Activity], events: list[SubmissionEvent]) -> Iterator[Change]:
    for one in revised(submission, activities, [event.at for event in events]):
        title = _("Entry changed") if one.before else _("Entry begun")
        yield from _entry_change(one.at, one.by, title, one.before, one.after)


def _entry_change(
    at: datetime.datetime, by: User, title: str, before: dict | None, after: dict | None
) -> Iterator[Change]:
    """None where nothing but blanks differs."""
    if pairs := _differing(before, after):
        yield Change(at, by, title, (after or before)["activity"], pairs=pairs)


def _differing(before: dict | None, after: dict | None) -> list[Pair]:
    old, new = ({fact.key: fact for fact in all_facts(entry)} if entry else {} for entry in (before, after))
    pairs = [(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]
    return [pair for pair in pairs if _words(pair[0]) != _words(pair[1])]


def _words(fact: Fact | None) -> list[str]:
    return fact.text.split() if fact else []


def _files(submission: Submission, user: User) -> Iterator[Change]:
    files = Attachment.objects.visible_to(user).filter(submission=submission)
    files = files.select_related("activity", "uploaded_by", "removed_by", "replaces").order_by("-uploaded_at", "-pk")
    for file in files:
        if file.removed_at:
            yield _file_change(file.removed_at, file.removed_by, file, None)
        yield _file_change(file.uploaded_at, file.uploaded_by, file.replaces, file)


def _file_change(at: datetime.datetime, by: User, before: Attachment | None, after: Attachment | None) -> Change:
    title = _("File attached")
    if before:
        title = _("File replaced") if after else _("File removed")
    return Change(at, by, title, (after or before).activity, file_before=before, file=after)


def _between_filings(submission: Submission, activities: dict[int, Activity]) -> Iterator[Change]:
    """What differs between each filing and the one before; of the first, its files."""
    files = Attachment.objects.select_related("activity")
    copies = list(submission.copies.select_related("filed_by").prefetch_related(Prefetch("attachments", files)))
    replaces = dict(submission.attachments.values_list("pk", "replaces"))
    by_ordinal = {activity.ordinal: activity for activity in activities.values()}
    for before, copy in reversed(list(pairwise([None, *copies]))):
        old, new = (_first_versions(one, replaces) for one in (before, copy))
        for key in dict.fromkeys([*new, *old]):
            if old.get(key) != new.get(key):
                yield _file_change(copy.filed_at, copy.filed_by, old.get(key), new.get(key))
        if before:
            was, now = (_entries(one, by_ordinal) for one in (before, copy))
            for ordinal in sorted({*was, *now}):
                yield from _entry_change(
                    copy.filed_at, copy.filed_by, _("Entry changed"), was.get(ordinal), now.get(ordinal)
                )


def _first_versions(copy: SubmissionCopy | None, replaces: dict[int, int | None]) -> dict[int, Attachment]:
    """The files of a filing by the key of their first version: one in between need not have been filed."""
    found = {}
    for file in copy.attachments.all() if copy else ():
        first = file.pk
        while replaces[first]:
            first = replaces[first]
        found[first] = file
    return found


def _entries(copy: SubmissionCopy, by_ordinal: dict[int, Activity]) -> dict[int, dict]:
    return {entry["activity"]: entry | {"activity": by_ordinal[entry["activity"]]} for entry in copy.data["entries"]}
