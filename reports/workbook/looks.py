"""How the workbook looks: fonts, colours, heights; and what of a person's text a file can hold."""

from django.utils.translation import gettext_lazy as _

from programme.spreadsheets import cell_text, wrapped_lines

from ..documents.wording import as_written

FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
RULE, HEAD, GREY, YELLOW, ORANGE, RED = "#B7BEC6", "#D9E2EC", "#F3F4F6", "#FFF6CC", "#F6B26B", "#B01E1E"
BOXED = {"border": 1, "border_color": RULE}
MONEY = "#,##0.000;[Red]-#,##0.000"
# Points. What stands in a row of that height can still be seen at once.
LINE, TALLEST = 13, 200
# Of a text among the file's properties.
PROPERTY_LENGTH = 255
A4 = 9


def height(texts: list[tuple[str, float]]) -> float:
    """Points for a row of (text, width in characters)."""
    # Letters are narrower than the digit that widths are counted in; words do not fill a line to its end.
    lines = max((wrapped_lines(text, max(width * 1.1 - 3, 4)) for text, width in texts), default=1)
    return min(LINE * lines + 3, TALLEST)


def fitting(text: str) -> str:
    """The text as a cell can hold it; a longer one is cut, and says so."""
    return cell_text(as_written(text), _("… (cut here: a cell holds no more; the whole text stands on the portal)"))


def set_print(page, heading: str = "", note: str = "") -> None:
    """A4 with the heading above and page numbers below."""
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header("&L&10" + heading[:120].replace("&", "&&"))
    page.set_footer(f"&L&8&A&C&8{note}&R&8&P / &N")
