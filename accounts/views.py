from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from . import kept_text, theme
from .next_page import next_page

# So much of a request that is too large is still read, so that the browser gets to the answer.
MOST_TO_READ = 256 * 2**20


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=[(name, name) for name in theme.THEMES])


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    """Signs in. Fields of a form that was sent signed out come along, and are shown afterwards, still unsaved."""

    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and kept_text.carried_fields(request):
            return self.hand_back()
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        translation.activate(form.get_user().language)
        if kept_text.carried_fields(self.request):
            response = self.hand_back()
        _remember_language(self.request, response, form.get_user().language)
        return response

    def hand_back(self):
        target = self.request.POST.get("next", "")
        context = {
            "target": target if kept_text.is_own_path(target) else None,
            "fields": kept_text.carried_fields(self.request),
            "texts": kept_text.texts(self.request),
            "holds_text": True,
        }
        return render(self.request, "registration/signed_in_again.html", context)

    def get_context_data(self, **kwargs):
        kept = [(kept_text.CARRIED + name, value) for name, value in kept_text.carried_fields(self.request)]
        return super().get_context_data(**kwargs) | {"kept": kept, "holds_text": bool(kept)}


@method_decorator(login_not_required, name="dispatch")
class ChoosePasswordView(PasswordResetConfirmView):
    """Where an invitation leads: a first password, which also signs in. In the invited person's language."""

    template_name = "registration/choose_password.html"
    post_reset_login = True
    success_url = reverse_lazy("home")

    def dispatch(self, request, *args, **kwargs):
        invited = self.get_user(kwargs["uidb64"])
        is_first_page = settings.LANGUAGE_COOKIE_NAME not in request.COOKIES
        if invited and is_first_page:
            translation.activate(invited.language)
        response = super().dispatch(request, *args, **kwargs)
        if invited and is_first_page:
            response.headers["Content-Language"] = invited.language
            _remember_language(request, response, invited.language)
        return response

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None


@never_cache
def sign_in_to_go_on(request):
    """The sign-in page in answer to a form that was sent signed out; the form's fields come along."""
    context = {
        "form": AuthenticationForm(request),
        "next": request.get_full_path(),
        "kept": [(kept_text.CARRIED + name, value) for name, value in kept_text.sent_fields(request)],
        "files_lost": bool(request.FILES),
        # Choosing a language leaves the page, so it is not offered on one that holds unsaved text.
        "holds_text": True,
    }
    return render(request, "registration/login.html", context, status=401)


def form_expired(request, reason=""):
    """The token of a form is not the browser's any more: the typed text is shown, nothing is done with it."""
    if kept_text.asks_for_json(request):
        return kept_text.refusal(_("You signed in again in another window. Reload this page."), 403)
    texts = kept_text.texts(request)
    return render(request, "403_csrf.html", {"texts": texts, "holds_text": bool(texts)}, status=403)


def bad_request(request, exception):
    """Too much was sent: said so in the reader's language. Anything else is answered without a look at the request."""
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return defaults.bad_request(request, exception)
    _read_to_the_end(request)
    if kept_text.asks_for_json(request):
        return kept_text.refusal(_("This is more than the portal takes at once: 12 MB of text."), 413)
    return render(request, "400.html", {"is_too_large": True}, status=413)


def _read_to_the_end(request) -> None:
    received = 0
    try:
        while received < MOST_TO_READ and (chunk := request.read(2**16)):
            received += len(chunk)
    except UnreadablePostError:
        pass


@login_not_required
@require_POST
def set_language(request):
    """Keep the chosen language with the account, or in a cookie for a visitor, and go back to the page."""
    form = LanguageForm(request.POST)
    response = redirect(next_page(request, otherwise="/"))
    if form.is_valid():
        language = form.cleaned_data["language"]
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
        _remember_language(request, response, language)
    return response


def _remember_language(request, response, language: str) -> None:
    """In a cookie, so that pages before sign-in speak it too."""
    _remember(request, response, settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def set_theme(request):
    """Keep the chosen theme in a cookie, and go back to the page."""
    form = ThemeForm(request.POST)
    response = redirect(next_page(request, otherwise="/"))
    if form.is_valid():
        _remember(request, response, theme.COOKIE, form.cleaned_data["theme"])
    return response


def _remember(request, response, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure())
