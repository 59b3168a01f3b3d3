from django.shortcuts import render


def region_map(request, **kwargs):
    return render(request, "base.html")


def region(request, **kwargs):
    return render(request, "base.html")
