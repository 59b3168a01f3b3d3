from django.shortcuts import render


def compare(request, **kwargs):
    return render(request, "base.html")
