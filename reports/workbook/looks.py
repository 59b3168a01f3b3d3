"""How the workbook looks: fonts, colours, heights; and what of a person's text a file can hold."""

import math

from django.utils.translation import gettext as _

from ..documents.wording import as_written

FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
RULE, HEAD, GREY, YELLOW, ORANGE, RED = "#B7BEC6", "#D9E2EC", "#F3F4F6", "#FFF6CC", "#F6B26B", "#B01E1E"
BOXED = {"border": 1, "border_color": RULE}
MONEY = "#,##0.000;[Red]-#,##0.000"
# Points. What stands in a row of that height can still be seen at once.
LINE, TALLEST = 13, 200
# Excel counts UTF-16 units, and declares a file with a longer text damaged.
TEXT_LENGTH, PROPERTY_LENGTH = 32_767, 255
A4 = 9


def height(texts: list[tuple[str, float]]) -> float:
    """Points for a row of (text, width in characters): not every program fits the height of wrapped text by itself."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(LINE * lines + 3, TALLEST)


def _lines(text: str, width: float) -> int:
    # Letters are narrower than the digit that widths are counted in; words do not fill a line to its end.
    fitting = max(width * 1.1 - 3, 4)
    return sum(math.ceil(max(len(line), 1) / fitting) for line in text.split("\n"))


def fitting(text: str) -> str:
    """The text as a cell can hold it; a longer one is cut, and says so."""
    text = as_written(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # xlsxwriter would take it for its own mark-up and not escape it
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * TEXT_LENGTH:
        return text
    remark = "… " + _("(cut here: a cell holds no more; the whole text stands on the portal)")
    return encoded[: 2 * (TEXT_LENGTH - len(remark))].decode("utf-16-le", "ignore") + remark


def set_print(page, heading: str = "", note: str = "") -> None:
    """A4 with the heading above and page numbers below."""
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header("&L&10" + heading[:120].replace("&", "&&"))
    page.set_footer(f"&L&8&A&C&8{note}&R&8&P / &N")
