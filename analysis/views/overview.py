from django.shortcuts import render


def overview(request, **kwargs):
    return render(request, "base.html")
