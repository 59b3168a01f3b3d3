"""The portal's addresses, and the floor: what any signed-in page costs before it shows anything."""

from django.http import HttpResponse
from django.urls import path

from config import urls
from programme.models import Programme

handler400, handler500 = urls.handler400, urls.handler500


def floor(request):
    """An empty view for who has signed in, which reads one row."""
    return HttpResponse(Programme.objects.values_list("slug", flat=True).get(slug=request.GET["slug"]))


urlpatterns = [path("bench/floor/", floor), *urls.urlpatterns]
