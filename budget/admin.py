"""Clarified amounts are entered here until they have a page of their own."""

from django.contrib import admin

from .models import Clarification


@admin.register(Clarification)
class ClarificationAdmin(admin.ModelAdmin):
    list_display = ("line", "amount", "act", "effective_on")
    list_select_related = ("line", "act")
