"""The user's own workbook, with its errors marked and explained in the cells where they are."""

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..documents.wording import as_written
from ..foreign_files import marked_workbook
from ..models import WorkbookUpload
from .answers import Flaw
from .looks import YELLOW

_PREFIX = gettext_lazy("To be corrected:")
# No colour that people choose by hand, so that it is known again.
COLOUR = "FFF4A7B9"
_PARTING = "\n———\n"
_CELL = re.compile(r"[A-Z]+[0-9]+")


def mark(upload: WorkbookUpload, flaws: list[Flaw]) -> bytes:
    """In the active language. Marks of an earlier round are gone. Raises foreign_files.Unreadable and Busy."""
    with upload.file.open() as file:
        content = file.read()
    marks = {
        "prefixes": _prefixes(),
        "parting": _PARTING,
        "colour": COLOUR,
        "restored": YELLOW.replace("#", "FF"),
        "cells": [
            {"sheet": flaw.place.sheet, "cell": flaw.place.address, "text": as_written(f"{_PREFIX} {flaw.text}")}
            for flaw in flaws
            if _CELL.fullmatch(flaw.place.address)
        ],
        "title": _("To correct"),
        "headings": [_("Sheet"), _("Cell"), _("What is wrong")],
        "lines": [[flaw.place.sheet, flaw.place.address, _line(flaw)] for flaw in flaws],
    }
    return marked_workbook(content, marks)


def _line(flaw: Flaw) -> str:
    return as_written(f"{flaw.what}: {flaw.text}" if flaw.what else flaw.text)


def _prefixes() -> list[str]:
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(_PREFIX))
    return found
