"""What one reader chose of a dataset: how many rows, the first of them, and the table that becomes a file."""

from functools import cached_property

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from .. import writing
from .dataset import Dataset
from .forms import DatasetForm, Headings
from .things import Things


class Selection:
    """`query`: as in the address of the page. There is nothing but the form unless `is_valid`."""

    def __init__(self, dataset: type[Dataset], user: User, query: QueryDict | str = ""):
        self.kind = dataset
        self.user = user
        self.things = Things()
        data = QueryDict(query) if isinstance(query, str) else query
        self.form = DatasetForm(data, dataset=dataset, things=self.things)
        self.is_valid = self.form.is_valid()

    @cached_property
    def dataset(self) -> Dataset:
        return self.kind(self.user, self.form.chosen, self.things)

    @cached_property
    def columns(self) -> list:
        return [self.dataset.fields[name] for name in self.form.columns]

    @cached_property
    def count(self) -> int:
        return self.dataset.found().count()

    @property
    def query(self) -> str:
        """The shortest query string that says the same."""
        said = QueryDict(mutable=True)
        said.update(self.form.chosen)
        if self.form.is_named:
            said["headings"] = Headings.NAMES
        if len(self.columns) < len(self.dataset.fields):
            said.setlist("columns", self.form.columns)
        return said.urlencode()

    def first(self, limit: int) -> list[tuple]:
        return list(self.dataset.rows(self.form.columns, limit))

    def table(self, *, about: bool = True) -> writing.Table:
        """Everything for a file; rows are read when it is written. Without `about` no row is counted before."""
        return writing.Table(
            title=str(self.kind.title),
            columns=[
                writing.Column(column.column_name, str(column.heading), column.kind, str(column.description))
                for column in self.columns
            ],
            rows=self.dataset.rows(self.form.columns),
            about=self._about() if about else [],
            named=self.form.is_named,
        )

    def file_name(self, extension: str) -> str:
        return f"{self.kind.name}-{calendar.today():%Y-%m-%d}.{extension}"

    def _about(self) -> list[tuple[str, str]]:
        filters = [(_("Filter: %(name)s") % {"name": name}, value) for name, value in self.form.in_words()]
        return [
            (_("Dataset"), str(self.kind.title)),
            (_("What it holds"), str(self.kind.description)),
            (_("Exported"), date_format(timezone.localtime(calendar.now()), "DATETIME_FORMAT")),
            (_("Exported by"), str(self.user)),
            *(filters or [(_("Filters"), _("none: all rows that the person may see"))]),
            (_("Rows"), str(self.count)),
            (_("Demonstration data"), self._demonstration()),
        ]

    def _demonstration(self) -> str:
        path = self.kind.made_up
        if path and self.dataset.found().filter(**{path: True}).exists():
            return _("yes, among these rows")
        return _("none among these rows")


def dataset_table(dataset: type[Dataset], user: User, query: str = "") -> writing.Table:
    """A dataset as this reader may see it, for writing. ValueError if the query string asks for what is not there."""
    selection = Selection(dataset, user, query)
    if not selection.is_valid:
        raise ValueError(selection.form.errors.as_json())
    return selection.table()
