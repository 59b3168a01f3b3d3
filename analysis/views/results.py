from django.shortcuts import render


def results(request, **kwargs):
    return render(request, "base.html")
