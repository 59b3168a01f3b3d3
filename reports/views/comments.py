"""Comments on a filed report: made and resolved by coordinators, answered by both sides."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.next_page import next_page

from .. import review
from ..forms.review import AnswerForm, CommentForm
from ..models import Comment, Submission
from ..reading import activities_by_ordinal
from ..threads import anchor_of
from ..transitions import Refused
from .submission import get_submission, submission_breadcrumbs


@require_POST
def comment(request, pk):
    """Comment on the report, on an entry or on one of its fields; without a text the form is shown again."""
    sub = get_submission(request, pk)
    if not request.user.coordinates:
        raise PermissionDenied
    copy = sub.copies.last()
    filed = {entry["activity"] for entry in copy.data["entries"]} if copy else set()
    activities = activities_by_ordinal(sub.period.programme_id)
    form = CommentForm(request.POST, activities={ordinal: activities[ordinal] for ordinal in filed})
    if form.is_valid():
        try:
            made = review.comment(
                submission=sub,
                by=request.user,
                text=form.cleaned_data["text"],
                activity=form.cleaned_data["activity"],
                field=form.cleaned_data.get("field", ""),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The comment has been added."))
            return redirect(_back(request, made))
    return _form_page(request, sub, form, reverse("comment", args=[pk]), about=_about(form))


@require_POST
def answer(request, pk):
    """Answer a comment; without a text the form is shown again."""
    root = _root(request, pk)
    if not (request.user.coordinates or request.user.files_for_agency):
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            review.answer(comment=root, by=request.user, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The answer has been added."))
            return redirect(_back(request, root))
    return _form_page(request, root.submission, form, reverse("answer", args=[pk]), about=root.activity, root=root)


@require_POST
def resolve(request, pk):
    """Say that a comment is settled."""
    root = _root(request, pk)
    if not request.user.coordinates:
        raise PermissionDenied
    try:
        review.resolve(comment=root, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The comment has been resolved."))
    return redirect(_back(request, root))


def _root(request, pk: int) -> Comment:
    """The thread through the scoped door, 404 outside it."""
    roots = Comment.objects.visible_to(request.user).filter(answers_to=None)
    return get_object_or_404(
        roots.select_related("submission__agency", "submission__period__programme", "activity", "by"), pk=pk
    )


def _about(form: CommentForm):
    typed = form.data.get("activity", "")
    return form.activities.get(int(typed)) if typed.isascii() and typed.isdigit() else None


def _next(request, submission: Submission) -> str:
    """The page to come back to; the report if it is not one of the portal's own."""
    return next_page(request, otherwise=reverse("submission", args=[submission.pk])).partition("#")[0]


def _back(request, made: Comment) -> str:
    return f"{_next(request, made.submission)}#{anchor_of(made)}"


def _form_page(request, sub: Submission, form, action: str, **context):
    context |= {
        "submission": sub,
        "period": sub.period,
        "form": form,
        "action": action,
        "next": _next(request, sub),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/comment.html", context, status=422)
