from django.shortcuts import render


def search(request, **kwargs):
    return render(request, "base.html")
