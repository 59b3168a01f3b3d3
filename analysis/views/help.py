from django.shortcuts import render


def first_steps(request, **kwargs):
    return render(request, "base.html")


def glossary(request, **kwargs):
    return render(request, "base.html")


def components(request, **kwargs):
    return render(request, "base.html")
