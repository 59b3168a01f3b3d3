"""What a column of a dataset is: a field of django-import-export that knows its kind and explains itself."""

from django.db.models import TextChoices
from import_export import fields, widgets

from ..writing.table import Kind


class _Native(widgets.Widget):
    """Numbers and dates stay what they are where the format knows them, and are plain text elsewhere."""

    def render(self, value, obj=None, **kwargs):
        if kwargs.get("force_native_type"):
            return value
        return "" if value is None else str(value)


def codes(choices: type[TextChoices]) -> str:
    """What a column of codes explains itself by: they are the same in every language."""
    return ", ".join(choices.values)


class Column(fields.Field):
    """The name of the attribute that holds it is its machine name: the same in every language for ever.

    `of`: what the row points to ("period", "agency" …), then `attribute` is an attribute of that, with dots. Without
    it `attribute` is a path or an annotation of the dataset's rows, or a name that `derive` adds. Without `attribute`
    it is the machine name. `labels`: choices, of which the label is shown.
    """

    def __init__(
        self,
        heading: str,
        description: str,
        kind: Kind = Kind.TEXT,
        *,
        of: str = "",
        attribute: str | None = None,
        labels: type[TextChoices] | None = None,
    ):
        super().__init__(attribute=attribute, readonly=True, widget=_Native())
        self.heading = heading
        self.description = description
        self.kind = kind
        self.of = of
        self.labels = labels

    @property
    def source(self) -> str:
        return self.attribute or self.column_name

    def get_value(self, instance: dict):
        """Of a row as the dataset gives it to django-import-export."""
        return instance[self.column_name]
