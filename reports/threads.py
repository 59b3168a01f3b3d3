"""Comments on a report with their answers, as one reader may see and continue them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from activities.models import Activity

from .models import Comment, Submission


@dataclass(frozen=True)
class Thread:
    """A comment and its answers, oldest first."""

    root: Comment
    answers: list[Comment]
    can_answer: bool
    can_resolve: bool

    @property
    def is_open(self) -> bool:
        return self.root.resolved_at is None

    @property
    def anchor(self) -> str:
        return anchor_of(self.root)


def anchor_of(comment: Comment) -> str:
    """Where the comment stands on a page."""
    return f"comment-{comment.answers_to_id or comment.pk}"


def threads(submission: Submission, user: User, activity: Activity | None = None) -> list[Thread]:
    """Every comment that was ever made on the report, or on one of its entries, oldest first. Two queries."""
    roots = Comment.objects.visible_to(user).filter(submission=submission, answers_to=None)
    if activity:
        roots = roots.filter(activity=activity)
    return _threads(roots, user)


def open_threads(submission: Submission, user: User) -> list[Thread]:
    """Those that nobody has resolved. Two queries."""
    return _threads(Comment.objects.visible_to(user).filter(submission=submission).open(), user)


def by_ordinal(found: Iterable[Thread]) -> dict[int | None, list[Thread]]:
    """By the activity's row in the plan; None: on the report as a whole."""
    grouped = defaultdict(list)
    for thread in found:
        grouped[thread.root.activity.ordinal if thread.root.activity else None].append(thread)
    return grouped


def _threads(roots, user: User) -> list[Thread]:
    answers = Prefetch("answers", Comment.objects.select_related("by"))
    roots = roots.select_related("by", "resolved_by", "activity", "copy").defer("copy__content")
    return [
        Thread(
            root=root,
            answers=list(root.answers.all()),
            can_answer=root.resolved_at is None and (user.coordinates or user.files_for_agency),
            can_resolve=root.resolved_at is None and user.coordinates,
        )
        for root in roots.prefetch_related(answers)
    ]
