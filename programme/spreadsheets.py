"""Text on its way to a spreadsheet program and back, where it must never become a formula, and has to fit its cell."""

import math

# What Excel and LibreOffice take for the beginning of a formula when they open a CSV file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"
# Excel counts UTF-16 units, and calls a file with a longer text damaged.
TEXT_LENGTH = 32_767
_MARKED = (*FORMULA_STARTS, _MARK)


def disarm(text: str) -> str:
    """The text as a file without types (CSV) may carry it: marked as text where a program would compute it."""
    return _MARK + text if text.startswith(_MARKED) else text


def rearm(text: str) -> str:
    """The text that was disarmed."""
    return text.removeprefix(_MARK)


def cell_text(text: str, remark: object = "…") -> str:
    """The text as xlsxwriter can put it into a cell; a longer one is cut, and the remark says so."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # it would be taken for mark-up of Excel's own and not escaped
    if len(text) <= TEXT_LENGTH // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LENGTH:
        return text
    ending = str(remark)
    return units[: 2 * (TEXT_LENGTH - len(ending))].decode("utf-16-le", "ignore") + ending


def wrapped_lines(text: str, letters: float) -> int:
    """How many lines of so many letters it takes: not every program fits the height of a row to its text by itself."""
    return sum(math.ceil(max(len(line), 1) / letters) for line in text.split("\n"))
