from modeltranslation.translator import TranslationOptions, register

from .models import BudgetLine, PrintedNote


@register(BudgetLine)
class BudgetLineTranslation(TranslationOptions):
    fields = ("note",)


@register(PrintedNote)
class PrintedNoteTranslation(TranslationOptions):
    fields = ("text",)
