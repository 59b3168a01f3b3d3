"""Columns of an import, and what their cells may hold.

`Column` is a field of django-import-export; its widget reads a cell (`clean`) and shows a value (`render`). Cells come
as `reports.tables_process` gives them; every mistake is a ValidationError in the active language.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise, cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from import_export import fields, widgets

from programme.money import format_money, parse_money
from programme.spreadsheets import FORMULA_STARTS

SEPARATOR = ";"
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")
YES_NO = {True: pgettext_lazy("answer", "yes"), False: pgettext_lazy("answer", "no")}


class Column(fields.Field):
    """`heading`, `hint`: for people; `needed`: may be neither missing nor empty; `keeps`: left empty, it stays as it
    is; `printed`: for rows that the decree prints, an import does not change it. `attribute`: of the model; of a
    reference, the id.
    """

    def __init__(
        self,
        attribute: str,
        heading: str | Promise,
        widget: "Cell",
        *,
        hint: str | Promise = "",
        example: str = "",
        needed: bool = False,
        keeps: bool = False,
        printed: bool = False,
    ):
        super().__init__(attribute=attribute, widget=widget)
        self.heading, self.hint, self.example = heading, hint, example
        self.needed, self.keeps, self.printed = needed, keeps, printed

    @property
    def name(self) -> str:
        return self.column_name

    def clean(self, row, **kwargs):
        if row[self.name] is None:
            if self.needed:
                raise ValidationError(_("A value is needed here."))
            return self.widget.nothing
        return self.widget.clean(row[self.name], row, **kwargs)

    @property
    def allowed(self) -> str:
        """What may stand in the column, in the active language."""
        hints = [self.widget.allowed, str(self.hint)]
        if self.keeps:
            hints.append(_("Left empty, it stays as it is."))
        if self.printed:
            hints.append(_("What the decree prints is not changed."))
        return " ".join(hint for hint in hints if hint)


def in_three_languages(
    what: Promise, cell: Callable[[], "Cell"], name: str, *, needed: bool = True, printed: bool = False
) -> list[Column]:
    """The columns of a translated field: Kazakh first, then the working translations."""
    kazakh, russian, english = (
        format_lazy("{what}, {language}", what=what, language=language)
        for language in (gettext_lazy("in Kazakh"), gettext_lazy("in Russian"), gettext_lazy("in English"))
    )
    return [
        Column(f"{name}_kk", kazakh, cell(), needed=needed, printed=printed),
        Column(f"{name}_ru", russian, cell(), hint=gettext_lazy("A working translation.")),
        Column(f"{name}_en", english, cell(), hint=gettext_lazy("A working translation.")),
    ]


class Cell(widgets.Widget):
    """`nothing`: what an empty cell means."""

    nothing = None
    is_number = False

    @property
    def allowed(self) -> str:
        return ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, as it is written, and what it means; empty if anything may be typed."""
        return []

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else str(value)


class Text(Cell):
    nothing = ""

    def __init__(self, longest: int):
        super().__init__()
        self.longest = longest

    @property
    def allowed(self) -> str:
        return _("Text, at most %(count)s characters.") % {"count": number_format(self.longest)}

    def clean(self, value, row=None, **kwargs) -> str:
        text = _text(value).replace("\r\n", "\n").replace("\r", "\n")
        if "\ufffd" in text:
            raise ValidationError(_("The text holds characters that cannot be read. Type it again."))
        if len(text) > self.longest:
            raise ValidationError(
                _("At most %(count)s characters can stand here; these are %(found)s.")
                % {"count": number_format(self.longest), "found": number_format(len(text))}
            )
        return text


class Email(Text):
    @property
    def allowed(self) -> str:
        return ""

    def clean(self, value, row=None, **kwargs) -> str:
        text = super().clean(value)
        validate_email(text)
        return text


class Code(Text):
    @property
    def allowed(self) -> str:
        return _("Small Latin letters, digits and hyphens.")

    def clean(self, value, row=None, **kwargs) -> str:
        text = super().clean(value)
        if not _CODE.fullmatch(text):
            raise ValidationError(
                _("“%(text)s” is no code: it has small Latin letters, digits and hyphens only.") % {"text": _cut(text)}
            )
        return text


class Whole(Cell):
    is_number = True

    def __init__(self, least: int = 1, most: int = 32_767):
        super().__init__()
        self.least, self.most = least, most

    @property
    def allowed(self) -> str:
        # Without grouping: years are numbers too.
        return _("A whole number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}

    def clean(self, value, row=None, **kwargs) -> int:
        text = _SPACES.sub("", _text(value))
        number = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
        if number is None or not self.least <= number <= self.most:
            raise ValidationError(
                _("“%(text)s” is no whole number from %(least)s to %(most)s.")
                % {"text": _cut(text), "least": self.least, "most": self.most}
            )
        return number


class Money(Cell):
    is_number = True

    @property
    def allowed(self) -> str:
        return _("A number in million tenge with at most three decimals, as 1234,5.")

    def clean(self, value, row=None, **kwargs) -> Decimal:
        if isinstance(value, float):
            return parse_money(f"{Decimal(repr(value)):f}")
        return parse_money(_text(value))

    def render(self, value, obj=None, **kwargs) -> str:
        return format_money(value)


class Choice(Cell):
    """One of a TextChoices or of pairs, by its value or by its name in any of the three languages."""

    def __init__(self, choices: Iterable[tuple], nothing="", instead: dict[str, str | Promise] | None = None):
        """`instead`: what to say for values that exist, but not for an import."""
        super().__init__()
        self.choices = [(value, label) for value, label in choices if value not in (instead or {})]
        self.refused = [(value, label) for value, label in choices if value in (instead or {})]
        self.nothing, self.instead = nothing, instead or {}

    @property
    def allowed(self) -> str:
        return _("One of: %(choices)s.") % {"choices": ", ".join(str(label) for _value, label in self.choices)}

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(str(label), "") for _value, label in self.choices]

    @cached_property
    def _values(self) -> dict[str, object]:
        return _by_name(tuple(self.choices))

    @cached_property
    def _refused(self) -> dict[str, object]:
        return _by_name(tuple(self.refused))

    def clean(self, value, row=None, **kwargs):
        text = _text(value)
        if (wanted := _folded(text)) in self._values:
            return self._values[wanted]
        if wanted in self._refused:
            raise ValidationError(self.instead[self._refused[wanted]])
        raise ValidationError(
            _("“%(text)s” cannot be chosen here. Choose one of: %(choices)s.")
            % {"text": _cut(text), "choices": ", ".join(str(label) for _value, label in self.choices)}
        )

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else str(dict(self.choices + self.refused).get(value, value))


class YesNo(Choice):
    def __init__(self, nothing: bool):
        super().__init__(YES_NO.items(), nothing=nothing)

    def clean(self, value, row=None, **kwargs) -> bool:
        if value in (0, 1) or str(value).lower() in ("true", "false"):
            return str(value).lower() in ("1", "true")
        return super().clean(value)


class Reference(Cell):
    """A row of another table by its code; the value is its id. `rows()` gives (id, code, name), read once.

    `within`: the column whose value, an id too, the code belongs to; rows then are (id, code, name, that id).
    """

    def __init__(self, rows: Callable[[], Iterable[tuple]], missing: str | Promise, within: str = ""):
        super().__init__()
        self.rows, self.missing, self.within = rows, missing, within

    def __deepcopy__(self, memo):
        """Every import reads the table anew."""
        return type(self)(self.rows, self.missing, self.within)

    @cached_property
    def _loaded(self) -> list[tuple]:
        return list(self.rows())

    @cached_property
    def _ids(self) -> dict[tuple, int]:
        return {(_folded(str(code)), *parent): pk for pk, code, _name, *parent in self._loaded}

    @cached_property
    def _codes(self) -> dict[int, str]:
        return {pk: str(code) for pk, code, *_rest in self._loaded}

    @property
    def options(self) -> list[tuple[str, str]]:
        return [] if self.within else [(str(code), str(name)) for _pk, code, name in self._loaded]

    def clean(self, value, row=None, others=None, **kwargs) -> int | None:
        parent = ()
        if self.within:
            if (others or {}).get(self.within) is None:
                # What it belongs to is wrong itself, and reported there.
                return None
            parent = (others[self.within],)
        text = _text(value)
        pk = self._ids.get((_folded(text), *parent))
        if pk is None:
            raise ValidationError(self.missing % {"value": _cut(text)})
        return pk

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else self._codes[value]


class References(Reference):
    """Several codes in one cell; the value is a tuple of ids in the order of the table."""

    nothing = ()
    options = []

    @property
    def allowed(self) -> str:
        return _("Several are separated by “;”.")

    def clean(self, value, row=None, others=None, **kwargs) -> tuple[int, ...]:
        return tuple(sorted({super(References, self).clean(part, row, others) for part in _parts(value)}))

    def render(self, value, obj=None, **kwargs) -> str:
        return f"{SEPARATOR} ".join(self._codes[pk] for pk in value or ())


class Days(Cell):
    nothing = ()

    @property
    def allowed(self) -> str:
        return _("Dates as 31.12.2009 or 2009-12-31. Several are separated by “;”.")

    def clean(self, value, row=None, **kwargs) -> tuple[datetime.date, ...]:
        return tuple(sorted({_day(part) for part in _parts(value)}))

    def render(self, value, obj=None, **kwargs) -> str:
        return f"{SEPARATOR} ".join(date_format(day, "d.m.Y") for day in value or ())


def looks_like_formula(value) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def _day(text: str) -> datetime.date:
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValidationError(_("“%(text)s” is no date. Write it as 31.12.2009.") % {"text": _cut(text)})


def _parts(value) -> list[str]:
    return [part for part in (piece.strip() for piece in _text(value).split(SEPARATOR)) if part]


def _text(value) -> str:
    """Nobody types 1.0 for a number that Excel keeps as one."""
    if isinstance(value, dict):
        raise ValidationError(
            _("The cell shows the error %(error)s. Enter the value itself.") % {"error": value["error"]}
        )
    if isinstance(value, bool):
        return str(YES_NO[value])
    return value if isinstance(value, str) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


@cache
def _by_name(choices: tuple[tuple, ...]) -> dict[str, object]:
    found = {_folded(str(value)): value for value, _label in choices}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_folded(str(label)): value for value, label in choices}
    return found
