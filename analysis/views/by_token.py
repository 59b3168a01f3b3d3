"""Files that a program may fetch with a token of the API, as Excel's "From Web" does with a name and a password."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required, login_required
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView


def with_token_too(view):
    """Asks a browser to sign in as every page does, and takes from programs a token that may read.

    A program without one is asked for it. With a token there is only GET.
    """
    with_session = login_required(view)
    with_token = _WithToken.as_view()

    @login_not_required
    @wraps(view)
    def answer(request, **kwargs):
        is_browser = request.user.is_authenticated or "text/html" in request.headers.get("Accept", "")
        if "Authorization" in request.headers or not is_browser:
            return with_token(request, view=view, asked=kwargs)
        return with_session(request, **kwargs)

    return answer


class _AsItIs(BaseContentNegotiation):
    """The address says which format, whatever the program accepts; refusals are JSON."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class _WithToken(APIView):
    """Signs in, holds to the scope and the rates of the API, and answers refusals as it does."""

    content_negotiation_class = _AsItIs

    def get(self, request, view, asked):
        request._request.user = request.user
        return view(request._request, **asked)
