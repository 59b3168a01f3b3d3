"""The page "Access for programs": tokens are made, seen once, and revoked."""

import datetime

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from programme import calendar

from . import tokens
from .models import ApiToken, Scope

LIFETIMES = [(30, gettext_lazy("30 days")), (183, gettext_lazy("6 months")), (365, gettext_lazy("A year"))]


class SecretForm(forms.Form):
    """What every token is asked for: a name of its own, and how long it lasts."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What it is for, for example: Excel of the finance department."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it is valid"),
        coerce=int,
        choices=LIFETIMES,
        initial=LIFETIMES[0][0],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_name(self):
        """Told apart by their names; and a page that is reloaded makes no second token."""
        name = self.cleaned_data["name"]
        own = ApiToken.objects.filter(user=self.by, name=name, revoked_at=None).select_related("user")
        if any(tokens.state(token) == tokens.State.WORKS for token in own):
            raise forms.ValidationError(_("You have a token of this name. Choose another name, or revoke that one."))
        return name

    @property
    def expires_on(self) -> datetime.date:
        """Of a valid form."""
        return calendar.today() + datetime.timedelta(days=self.cleaned_data["days"])


class TokenForm(SecretForm):
    field_order = ["name", "scopes", "days"]

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the program may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may do yourself."),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs, initial={"scopes": [Scope.READ]})
        self.fields["scopes"].choices = [(one.value, capfirst(one.label)) for one in tokens.possible_scopes(by)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access(request):
    """One's own tokens and those of one's agency. POST makes one, and its answer alone holds the secret."""
    form = TokenForm(request.POST if request.method == "POST" else None, by=request.user)
    made = secret = None
    if form.is_valid():
        chosen = form.cleaned_data
        made, secret = tokens.make(
            by=request.user, name=chosen["name"], scopes=chosen["scopes"], expires_on=form.expires_on
        )
        form = TokenForm(by=request.user)
    found = (
        ApiToken.objects.visible_to(request.user).select_related("user", "revoked_by").order_by("-created_at", "-pk")
    )
    listed = [(token, tokens.state(token)) for token in found]
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "working": [token for token, state in listed if state == tokens.State.WORKS],
        "ended": [(token, state) for token, state in listed if state != tokens.State.WORKS],
        "scopes": dict(Scope.choices),
        "root": request.build_absolute_uri(reverse("api-root")),
    }
    return render(request, "accounts/access.html", context, status=422 if form.is_bound else 200)


@require_POST
def revoke(request, pk):
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    tokens.revoke(token, by=request.user)
    messages.success(request, _("“%(name)s” is revoked: the program that used it is locked out.") % {"name": token})
    return redirect("tokens")
