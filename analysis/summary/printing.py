"""The summary laid out for printing: A4 landscape, a sheet for regions, one for directions, one for each direction.

Years stand below each other, so that a programme of any length fits the page. Totals are formulas over the rows of
years, which alone are added up: no total enters another one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme import calendar
from programme.models import FundingSource
from programme.money import ZERO
from programme.spreadsheets import wrapped_lines
from reports.documents.wording import capital
from reports.documents.xlsx import FONT, HEAD_FILL, MARK, RULE, TOTAL_FILL

from .figures import Figures, Line, Summary, total

LABEL, SOURCE, YEAR, PRINTED, IN_FORCE, FIRST_HALF, SECOND_HALF, SPENT, DIFFERENCE, SHARE = range(10)
COLUMNS = "ABCDEFGHIJ"
# In characters, which programs measure differently: in none are they wider than A4 at full size. A page that were
# fitted to its width could not be broken between regions.
WIDTHS = [20, 18.5, 6, 10.2, 10.2, 10.2, 10.2, 10.2, 10.2, 9.5]
ROW, HEAD_ROW, LINE = 15, 42, 12.5
# Points between the margins, less the heads of columns on every page, and what LibreOffice takes for the line above.
PAGE = 440
MONEY, PERCENT, NOTHING = "#,##0.000", "0.0%", "–"
HAIRLINE = {"border": 1, "border_color": RULE}
A4 = 9
FAINT = "#5B6770"


@dataclass(frozen=True)
class _Group:
    """Rows of years under one label and one source; None in place of figures: the plan has no such line."""

    label: str
    source: str
    years: dict[int, Figures | None]


def write(summary: Summary, file: BinaryIO) -> None:
    """In the active language."""
    _Workbook(summary, file).write()


class _Workbook:
    def __init__(self, summary: Summary, file: BinaryIO):
        self.summary = summary
        self.book = xlsxwriter.Workbook(file, {"in_memory": True})
        self.book.set_calc_mode("auto")
        self.title = summary.programme.title
        self.book.set_properties({"title": self.title[:255]})
        self.formats: dict[tuple, object] = {}

    def write(self) -> None:
        summary = self.summary
        self._sheet(_("Regions"), _("By region, year and source"), _("Region"), self._regions(summary.lines))
        self._sheet(_("Directions"), _("By direction, year and source"), _("Direction"), self._directions())
        for direction in summary.directions:
            lines = [line for line in summary.lines if line.direction == direction]
            if lines:
                blocks = self._regions(lines, with_empty=False)
                self._sheet(direction.code, f"{direction.code}. {direction.title}", _("Region"), blocks)
        self._notes()
        self.book.close()

    # What stands in the rows

    def _regions(self, lines: list[Line], *, with_empty: bool = True) -> Iterator[list[_Group]]:
        for region in (None, *self.summary.regions):
            own = [line for line in lines if line.region == region]
            if own or (with_empty and region):
                yield self._groups(region.name if region else capfirst(_("republican level")), own)

    def _directions(self) -> Iterator[list[_Group]]:
        for direction in self.summary.directions:
            own = [line for line in self.summary.lines if line.direction == direction]
            yield self._groups(f"{direction.code}. {direction.title}", own)

    def _groups(self, label: str, lines: list[Line]) -> list[_Group]:
        """One for each source that pays; one without years where the plan has no amount."""
        sources = [source for source in FundingSource if any(line.source == source for line in lines)]
        return [
            _Group(label, capital(source), self._years([line for line in lines if line.source == source]))
            for source in sources
        ] or [_Group(label, "", {})]

    def _years(self, lines: list[Line]) -> dict[int, Figures | None]:
        by_year = {year: [line for line in lines if line.year == year] for year in self.summary.years}
        return {year: total(own) if own else None for year, own in by_year.items()}

    # Sheets

    def _sheet(self, name: str, title: str, head: str, blocks: Iterable[list[_Group]]) -> None:
        """A table: a block of rows for each label, then everything by source, then everything."""
        sheet = _Sheet(self._page(name), self._format)
        self._headline(sheet, title)
        self._head(sheet, head)
        first = sheet.row
        groups = []
        for block in blocks:
            groups += block
            self._block(sheet, block)
        span = first + 1, sheet.row
        sources = sorted({group.source for group in groups if group.years}, key=self._source_order)
        # One source alone is everything.
        shown = [*sources, ""] if len(sources) != 1 else sources
        sheet.keep_together(len(shown) * (len(self.summary.years) + 1))
        for source in shown:
            self._overall(sheet, source, [group for group in groups if source in (group.source, "")], span)
        sheet.end()
        sheet.page.print_area(0, 0, sheet.row - 1, SHARE)

    def _source_order(self, label: str) -> int:
        return [capital(source) for source in FundingSource].index(label)

    def _page(self, name: str):
        page = self.book.add_worksheet(name[:31])
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(left=0.45, right=0.4, top=0.65, bottom=0.6)
        page.center_horizontally()
        page.hide_gridlines(2)
        page.set_footer(
            f'&L&"{FONT}"&8{_escaped(self.summary.programme.short_title)}&R&"{FONT}"&9&P / &N', {"margin": 0.3}
        )
        if self.summary.is_demonstration:
            page.set_header(f'&C&"{FONT},Bold"&K{MARK[1:]}{_escaped(_("Demonstration data"))}', {"margin": 0.3})
        for column, width in enumerate(WIDTHS):
            page.set_column(column, column, width)
        return page

    def _headline(self, sheet: "_Sheet", title: str) -> None:
        sheet.line(self.title, bold=True, font_size=12, align="center")
        sheet.line(title, bold=True, font_size=11, align="center")
        sheet.line(
            _("Amounts in force and spending as filed up to %(day)s, %(period)s; made on %(today)s")
            % {
                "day": date_format(self.summary.until.ends_on, "SHORT_DATE_FORMAT"),
                "period": self.summary.until.title,
                "today": date_format(calendar.today(self.summary.programme.time_zone), "SHORT_DATE_FORMAT"),
            },
            align="center",
        )
        if self.summary.is_demonstration:
            sheet.line(_("Demonstration data"), bold=True, font_color=MARK, align="center")
        sheet.line(_("million tenge"), align="right", italic=True)

    def _head(self, sheet: "_Sheet", label: str) -> None:
        heads = [
            label,
            _("Funding source"),
            _("Year"),
            _("Planned, as printed"),
            _("Planned, in force"),
            _("Spent in the first half-year"),
            _("Spent in the second half-year"),
            _("Spent in all"),
            _("In force less spent"),
            _("Spent, % of what is in force"),
        ]
        look = self._format(
            bold=True, font_size=8, text_wrap=True, align="center", valign="vcenter", bg_color=HEAD_FILL, **HAIRLINE
        )
        sheet.page.set_row(sheet.row, HEAD_ROW)
        for column, head in enumerate(heads):
            sheet.page.write_string(sheet.row, column, head, look)
        sheet.page.repeat_rows(sheet.row)
        sheet.page.freeze_panes(sheet.row + 1, 1)
        sheet.begin(sheet.row + 1)

    def _block(self, sheet: "_Sheet", groups: list[_Group]) -> None:
        """A region or direction: its rows of years, and their total."""
        label = groups[0].label
        if not groups[0].years:
            sheet.block(label, 1)
            look = self._format(italic=True, valign="vcenter", **HAIRLINE)
            sheet.cell(SOURCE, SHARE, _("The plan has no amount here."), look)
            sheet.row += 1
            return
        rows = sum(len(group.years) for group in groups)
        sheet.block(label, rows + 1)
        first = sheet.row
        for group in groups:
            for year, figures in group.years.items():
                self._year(sheet, group.source, year, figures)
        self._total(sheet, groups, f"SUM({{0}}{first + 1}:{{0}}{first + rows})")

    def _overall(self, sheet: "_Sheet", source: str, groups: list[_Group], span: tuple[int, int]) -> None:
        """All rows of years between the rows of `span`, of one source or of all, by year; and their total."""
        sheet.block(_("In all"), len(self.summary.years) + 1, is_total=True)
        first = sheet.row
        for year in self.summary.years:
            own = [group.years[year] for group in groups if group.years.get(year)]
            row = sheet.row + 1
            criteria = f"$C${span[0]}:$C${span[1]},$C{row}"
            if source:
                criteria += f",$B${span[0]}:$B${span[1]},$B{row}"
            added = f"SUMIFS({{0}}${span[0]}:{{0}}${span[1]},{criteria})"
            self._year(sheet, source or _("All sources"), year, sum(own, Figures()) if own else None, added)
        self._total(sheet, groups, f"SUM({{0}}{first + 1}:{{0}}{sheet.row})")

    def _year(self, sheet: "_Sheet", source: str, year: int, figures: Figures | None, added: str = "") -> None:
        look = {"valign": "vcenter"} | HAIRLINE | ({"bg_color": TOTAL_FILL} if added else {})
        sheet.page.write_string(sheet.row, SOURCE, source, self._format(text_wrap=True, **look))
        sheet.page.write_number(sheet.row, YEAR, year, self._format(align="center", **look))
        self._figures(sheet, figures, added, self._reported(year), look)

    def _total(self, sheet: "_Sheet", groups: list[_Group], added: str) -> None:
        look = {"valign": "vcenter", "bg_color": TOTAL_FILL, "bold": True} | HAIRLINE
        sheet.cell(SOURCE, YEAR, _("Total"), self._format(**look))
        found = [(year, figures) for group in groups for year, figures in group.years.items() if figures]
        reported = set().union(*(self._reported(year) for year, _figures in found))
        self._figures(sheet, sum((figures for _year, figures in found), Figures()), added, reported, look)

    def _reported(self, year: int) -> set[int]:
        """The halves of the year that are reported on."""
        return {half for of_year, half in self.summary.halves if of_year == year}

    def _figures(self, sheet: "_Sheet", figures: Figures | None, added: str, reported: set[int], look: dict) -> None:
        """The figures of one row. `added`: the formula in place of the amounts, with {0} for the column's letter."""
        row = sheet.row + 1
        missing = self._format(**look | {"align": "center", "font_color": FAINT})
        amount = self._format(num_format=MONEY, align="right", indent=1, **look)
        if figures is None:
            for column in range(PRINTED, SHARE + 1):
                sheet.page.write_string(sheet.row, column, NOTHING, missing)
            sheet.row += 1
            return
        amounts = {PRINTED: figures.printed, IN_FORCE: figures.in_force}
        for half, column in ((1, FIRST_HALF), (2, SECOND_HALF)):
            if half in reported or half in figures.spent:
                amounts[column] = figures.spent.get(half, ZERO)
            else:
                sheet.page.write_string(sheet.row, column, NOTHING, missing)
        for column, value in amounts.items():
            if added:
                formula = "=" + added.replace("{0}", COLUMNS[column])
                sheet.page.write_formula(sheet.row, column, formula, amount, float(value))
            else:
                sheet.page.write_number(sheet.row, column, value, amount)
        sheet.page.write_formula(sheet.row, SPENT, f"=SUM(F{row}:G{row})", amount, float(figures.spent_total))
        sheet.page.write_formula(sheet.row, DIFFERENCE, f"=E{row}-H{row}", amount, float(figures.difference))
        share = "" if figures.share is None else float(figures.share)
        look = self._format(num_format=PERCENT, align="right", indent=1, **look)
        sheet.page.write_formula(sheet.row, SHARE, f'=IF(E{row}=0,"",H{row}/E{row})', look, share)
        sheet.row += 1

    def _notes(self) -> None:
        """What the figures mean, and the decree's own totals beside the sums of its lines."""
        sheet = _Sheet(self._page(_("Notes")), self._format)
        self._headline(sheet, _("What the figures mean"))
        for text in notes():
            sheet.line(text)
        sheet.row += 1
        sheet.line(_("Totals that the plan prints, beside the sums of its lines"), bold=True, font_size=11)
        head = self._format(bold=True, font_size=9, text_wrap=True, align="center", bg_color=HEAD_FILL, **HAIRLINE)
        labels = [_("Funding source"), _("Year"), _("Sum of lines"), _("Printed total"), _("Difference")]
        places = [(LABEL, SOURCE), (YEAR, YEAR), (PRINTED, PRINTED), (IN_FORCE, IN_FORCE), (FIRST_HALF, FIRST_HALF)]
        sheet.page.set_row(sheet.row, 2 * LINE + 3)
        for text, (first, last) in zip(labels, places, strict=True):
            sheet.cell(first, last, text, head)
        sheet.row += 1
        text, center = self._format(**HAIRLINE), self._format(align="center", **HAIRLINE)
        amount = self._format(num_format=MONEY, align="right", indent=1, **HAIRLINE)
        for one in self.summary.reconciled:
            sheet.cell(LABEL, SOURCE, capital(one.source), text)
            if one.year:
                sheet.page.write_number(sheet.row, YEAR, one.year, center)
            else:
                sheet.cell(YEAR, YEAR, _("Total"), center)
            sheet.page.write_number(sheet.row, PRINTED, one.lines_total, amount)
            for column, value in ((IN_FORCE, one.printed_total), (FIRST_HALF, one.difference)):
                if value is None:
                    sheet.cell(column, column, NOTHING, center)
                else:
                    sheet.page.write_number(sheet.row, column, value, amount)
            sheet.row += 1
        sheet.page.print_area(0, 0, sheet.row - 1, SHARE)
        sheet.page.fit_to_pages(1, 1)

    def _format(self, **properties):
        """One format object for each combination, as the file stores them."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": FONT, "font_size": 10, **properties})
        return self.formats[key]


class _Sheet:
    """A worksheet, the row that is written next, and where its pages break: never within a block."""

    def __init__(self, page, look):
        self.page, self._look = page, look
        self.row = 0
        self._used = 0.0
        self._breaks: list[int] = []

    def line(self, text: str, **look) -> None:
        """A text over the whole width."""
        height = (LINE + max(look.get("font_size", 10) - 10, 0) * 1.5) * _lines(text, sum(WIDTHS))
        self.page.set_row(self.row, height + 3)
        self.cell(LABEL, SHARE, text, self._look(text_wrap=True, valign="top", **look))
        self._used += height + 3
        self.row += 1

    def cell(self, first: int, last: int, text: str, look) -> None:
        if first != last:
            self.page.merge_range(self.row, first, self.row, last, "", look)
        # Never `write`: it would take "=1+1" for a formula.
        self.page.write_string(self.row, first, text, look)

    def begin(self, row: int) -> None:
        """The rows under the heads begin."""
        self.row = row

    def block(self, label: str, rows: int, *, is_total: bool = False) -> None:
        """The next rows belong together: under one label, on one page."""
        height = max(ROW, (LINE * _lines(label, WIDTHS[LABEL]) + 4) / rows)
        if self._used + height * rows > PAGE:
            self._break()
        self._used += height * rows
        look = {"bold": True, "bg_color": TOTAL_FILL} if is_total else {}
        shown = self._look(text_wrap=True, valign="top" if rows > 1 else "vcenter", **HAIRLINE | look)
        for row in range(self.row, self.row + rows):
            self.page.set_row(row, height)
        if rows > 1:
            self.page.merge_range(self.row, LABEL, self.row + rows - 1, LABEL, "", shown)
        self.page.write_string(self.row, LABEL, label, shown)

    def keep_together(self, rows: int) -> None:
        """So many next rows are better on one page."""
        if self._used + rows * ROW > PAGE >= rows * ROW:
            self._break()

    def _break(self) -> None:
        self._breaks.append(self.row)
        self._used = 0

    def end(self) -> None:
        self.page.set_h_pagebreaks(self._breaks)


def notes() -> list[str]:
    """What every figure means."""
    return [
        _(
            "Planned, as printed: the amount in column 6 of the plan. Planned, in force: the same as later acts have "
            "clarified it, on the last day of the half-year named above."
        ),
        _(
            "Spent: what the bodies entered in reports that stand as filed, submitted or accepted, up to that "
            "half-year. Drafts and returned reports are not counted."
        ),
        _(
            "Totals add up the rows of years alone, and no total enters another one. “All sources” is the sum of the "
            "sources shown above it."
        ),
        _(
            "A dash: the plan has no line here, or there is no report on the half-year yet. Zero: a line or the "
            "reports say zero."
        ),
        _(
            "The portal adds up the lines of the plan. Where the plan prints another total, both stand below, and "
            "neither is corrected."
        ),
    ]


def _lines(text: str, width: float) -> int:
    # Letters of this font are narrower than the digit that widths are counted in; words do not fill a line to its end.
    return wrapped_lines(text, width * 1.15 - 3)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
