"""Fields in three languages: Kazakh is the decree's own wording, Russian and English are working translations."""

from modeltranslation.translator import TranslationOptions, translator

from . import models

_FIELDS = {
    models.Programme: ("title", "short_title", "goal"),
    models.ReportingRule: ("text", "consolidated_text"),
    models.Region: ("name", "short_name"),
    models.Agency: ("name", "short_name"),
    models.Clause: ("text",),
    models.LegalAct: ("issuer", "title", "note"),
    models.PassportRow: ("label", "text"),
    models.Paragraph: ("text",),
    models.Stage: ("title",),
    models.Task: ("text",),
    models.Direction: ("title", "intro"),
    models.Measure: ("text",),
    models.ExpectedResult: ("text",),
    models.Abbreviation: ("text",),
    models.BaselineTable: ("title", "row_heading"),
    models.BaselineValue: ("row_label", "column_label"),
    models.Finding: ("statement", "treatment"),
}

for _model, _fields in _FIELDS.items():
    translator.register(_model, type(f"{_model.__name__}Translation", (TranslationOptions,), {"fields": _fields}))
