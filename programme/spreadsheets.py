"""Text on its way to a spreadsheet program and back, where it must never become a formula."""

# What Excel and LibreOffice take for the beginning of a formula when they open a CSV file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"
_MARKED = (*FORMULA_STARTS, _MARK)


def disarm(text: str) -> str:
    """The text as a file without types (CSV) may carry it: marked as text where a program would compute it."""
    return _MARK + text if text.startswith(_MARKED) else text


def rearm(text: str) -> str:
    """The text that was disarmed."""
    return text.removeprefix(_MARK)
