from django.http import Http404
from django.shortcuts import render


def timeline(request, **kwargs):
    return render(request, "base.html")


def progress(request, **kwargs):
    return render(request, "base.html")


def due_dates(request, **kwargs):
    return render(request, "base.html")


def due_dates_file(request, **kwargs):
    return render(request, "base.html")


def due_dates_feed(request, secret):
    raise Http404
