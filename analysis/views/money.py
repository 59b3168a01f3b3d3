from django.shortcuts import render


def money(request, **kwargs):
    return render(request, "base.html")
