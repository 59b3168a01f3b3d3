from modeltranslation.translator import TranslationOptions, register

from .models import Activity, Heading, Indicator, Section


@register(Section)
@register(Heading)
class TitleTranslation(TranslationOptions):
    fields = ("title",)


@register(Activity)
class ActivityTranslation(TranslationOptions):
    fields = ("title", "completion_form")


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("title", "unit")
