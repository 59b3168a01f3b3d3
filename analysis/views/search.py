"""Search from anywhere. Every page's masthead leads here."""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from programme.searching import terms

from ..finding import KINDS, ask

MOST_TERMS = 10


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Words to look for"), max_length=200, widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )

    def clean_q(self):
        question = self.cleaned_data["q"]
        self.terms = terms(question)
        if not self.terms:
            raise ValidationError(_("Write at least one letter or digit."))
        if len(self.terms) > MOST_TERMS:
            message = ngettext_lazy("Write %(most)s word at most.", "Write %(most)s words at most.", MOST_TERMS)
            raise ValidationError(message % {"most": MOST_TERMS})
        return question


@require_safe
def search(request):
    """`?q=` has the words, `kind` one of the kinds and `page` of it; `similar` also takes words that are nearly so."""
    is_asked = bool(request.GET.get("q", "").strip())
    form = SearchForm(request.GET if is_asked else None)
    context = {"form": form, "section": "search"}
    if is_asked and form.is_valid():
        only = next((kind.code for kind in KINDS if kind.code == request.GET.get("kind")), "")
        wants_similar = "similar" in request.GET
        page = request.GET.get("page", 1)
        answer = ask(form.terms, request.user, only=only, page=page, also_meant=wants_similar)
        context |= {
            "answer": answer,
            "only": next((group for group in answer.groups if group.kind.code == only), None),
            "question": form.cleaned_data["q"],
            "wants_similar": wants_similar,
        }
    return render(request, "analysis/search.html", context)
