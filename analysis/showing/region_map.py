"""The map of regions as an exhibit: one measure at the end of a half-year."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from programme.models import Region
from programme.money import format_money
from reports import charts
from reports.charts import NUMERALS, About
from reports.models import Entry, Submission

from ..datasets.dataset import FILED
from ..datasets.preview import shown
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.classes import classes_of, ranks, short
from ..figures.regions import Measure, RegionFigures, Value
from ..writing import Column, Kind


def reads_region(reader: User, region: Region) -> bool:
    """May see what its akimat filed, not only how it stands."""
    return reader.reads_everything or (reader.reads_agency and reader.agency.region_id == region.pk)


def map_exhibit(figures: RegionFigures, measure: Measure, reader: User) -> Exhibit:
    """The regions from the largest value to the smallest; the country last."""
    return _Map(figures, measure, reader).exhibit()


class _Map:
    def __init__(self, figures: RegionFigures, measure: Measure, reader: User):
        self.figures, self.measure, self.reader = figures, measure, reader
        self.values = {region.code: figures.values[region.code][measure.code] for region in figures.regions}
        self.classes, self.ranks = classes_of(self.values.values(), measure.kind), ranks(self.values)
        self.has_target = bool(measure.indicator and measure.indicator.target)

    def exhibit(self) -> Exhibit:
        last = len(self.values) + 1
        ordered = sorted(self.figures.regions, key=lambda region: self.ranks.get(region.code, last))
        country = self.figures.country[self.measure.code]
        total = Row([_("The country"), country, None, None, *self._of_target(country)], is_total=True)
        return Exhibit(
            name="regions",
            title=f"{self.measure.title}: {self.figures.until.title}",
            columns=[
                Column("region", _("Region")),
                Column("value", heading(self.measure), self.measure.kind),
                Column("class", _("Class")),
                Column("rank", _("Rank"), Kind.INTEGER),
                *([Column("share_of_target", _("Share of the target"), Kind.SHARE)] if self.has_target else []),
            ],
            rows=[*(self._row(region) for region in ordered), total],
            picture=self._picture() or "",
            note=str(self.measure.description),
        )

    def _row(self, region: Region) -> Row:
        value = self.values[region.code]
        rows = behind(self.figures, self.measure, region, self.reader) if value is not None else ""
        number = self.classes.of(value)
        return Row(
            [
                Cell(region.name, page_of(self.figures, region)),
                Cell(value, rows),
                None if number is None else NUMERALS[number],
                self.ranks.get(region.code),
                *self._of_target(value),
            ]
        )

    def _of_target(self, value: Value) -> list:
        return [self.measure.share_of_target(value)] if self.has_target else []

    def _picture(self) -> str | None:
        """None where no map here has all of the regions."""
        names = {region.code: region.name for region in self.figures.regions}
        said = [
            _("%(what)s: %(names)s") % {"what": label, "names": ", ".join(those)}
            for number, label in [*enumerate(self.classes.labels), (None, self.classes.no_data)]
            if (those := [names[code] for code, value in self.values.items() if self.classes.of(value) == number])
        ]
        about = About("regions-map", f"{heading(self.measure)}: {self.figures.until.title}", "; ".join(said) + ".")
        texts = {code: short(value, self.measure.kind) for code, value in self.values.items()}
        links = {region.code: page_of(self.figures, region) for region in self.figures.regions}
        return charts.region_map(about, self.values, texts, self.classes, get_language(), links=links)


def heading(measure: Measure) -> str:
    """The measure with its unit."""
    if measure.kind == Kind.MONEY:
        return _("%(what)s, million tenge") % {"what": measure.title}
    return f"{measure.title}, {measure.indicator.unit}" if measure.indicator else str(measure.title)


def in_words(value: Value, measure: Measure) -> str:
    """With its unit; nothing for no data."""
    if value is None:
        return ""
    if measure.kind == Kind.MONEY:
        return _("%(amount)s million tenge") % {"amount": format_money(value)}
    return short(value, measure.kind) if measure.kind == Kind.INTEGER else shown(value, measure.kind)


def behind(figures: RegionFigures, measure: Measure, region: Region, reader: User) -> str:
    """The rows that a region's value is made of; "" where the reader may not see them."""
    until = figures.until
    of_region = {"programme": until.programme.slug, "region": region.code}
    if measure.code in ("planned", "planned_whole"):
        return rows_behind("budget-lines", **of_region, year=until.year if measure.code == "planned" else None)
    if not reads_region(reader, region):
        return ""
    reported = of_region | {"period_to": until.code, "state": FILED}
    this_year = {"period_from": f"{until.year}-H1"}
    if measure.indicator:
        return rows_behind("indicators", **reported, indicator=measure.indicator.code)
    match measure.code:
        case "on_time":
            return rows_behind("timeliness", **of_region, period_to=until.code)
        case "completeness":
            return rows_behind("entries", **reported, period_from=until.code)
        case "done":
            done = {"status": Entry.Status.DONE.value, "state": Submission.State.ACCEPTED.value}
            return rows_behind("entries", **reported | done)
        case "spent_whole":
            return rows_behind("spending", **reported)
        case _:
            return rows_behind("spending", **reported | this_year)


def page_of(figures: RegionFigures, region: Region) -> str:
    return f"{reverse('region', args=[figures.until.programme.slug, region.code])}?period={figures.until.code}"
