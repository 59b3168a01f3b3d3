"""The message catalogues: what must be translated, what is, and the compiled files.

Strings come from two places: the portal's own code and templates, and the catalogues of the frameworks whose messages
a user can meet, where those have no translation of their own. No gettext tools are needed.
"""

import ast
import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import global_settings, settings
from django.utils.translation.template import templatize

APPS = ("config", "programme", "accounts", "activities", "budget", "reports", "analysis")
TEMPLATES = (".html", ".txt")
# Package: folders within it that hold a `locale`.
FRAMEWORKS = {"django": ("conf", "contrib/auth", "contrib/admin"), "rest_framework": (".",)}
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
_LITERAL = re.compile(r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*((?:{_LITERAL.pattern}\s*,?\s*)+)")
# Names of languages that the portal does not offer are met by nobody.
_UNMET = {name for _code, name in global_settings.LANGUAGES}

Key = tuple[str | None, str]  # context, text


def catalogue_path(language: str) -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"


def own_strings() -> dict[Key, str]:
    """Every translatable string of the project with its plural ("" for none)."""
    return {key: plural for path in _sources() for key, plural in _strings_of(path)}


def framework_strings(language: str) -> dict[Key, str]:
    """Framework strings that the framework itself does not translate into `language`."""
    wanted: dict[Key, str] = {}
    for package, parts in FRAMEWORKS.items():
        root = Path(importlib.util.find_spec(package).origin).parent
        for part in parts:
            done = _translated(root / part / "locale" / language / "LC_MESSAGES" / "django.mo")
            wanted |= {key: plural for key, plural in _framework_source(root / part) if key not in done}
    return wanted


def wanted_strings(language: str) -> dict[Key, str]:
    """All that the catalogue must hold; English needs no framework strings."""
    return own_strings() if language == "en" else framework_strings(language) | own_strings()


def update(language: str) -> None:
    """Write the catalogue anew: strings that are wanted, translations kept, English filled with itself."""
    path = catalogue_path(language)
    existing = {_key(e): e for e in polib.pofile(str(path))} if path.exists() else {}
    wanted = wanted_strings(language)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    for (context, text), plural in sorted(wanted.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        entry = existing.get((context, text))
        if entry is None or bool(entry.msgid_plural) != bool(plural):
            entry = polib.POEntry(msgctxt=context, msgid=text, msgid_plural=plural)
        if language == "en":
            entry.msgstr, entry.msgstr_plural = ("", {0: text, 1: plural}) if plural else (text, {})
        elif plural and not entry.msgstr_plural:
            entry.msgstr_plural = dict.fromkeys(range(PLURAL_COUNT[language]), "")
        catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def problems(language: str) -> Iterator[str]:
    """What keeps the catalogue from being complete: missing, stale, untranslated, or a placeholder that differs."""
    path = catalogue_path(language)
    entries = {_key(e): e for e in polib.pofile(str(path))} if path.exists() else {}
    wanted = wanted_strings(language)
    for key in wanted.keys() - entries.keys():
        yield f"{language}: missing: {key[1]!r}"
    for key in entries.keys() - wanted.keys():
        yield f"{language}: no longer used: {key[1]!r}"
    for key in wanted.keys() & entries.keys():
        entry = entries[key]
        if not entry.translated():
            yield f"{language}: not translated: {key[1]!r}"
            continue
        expected = set(_PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            found = set(_PLACEHOLDER.findall(text))
            if found - expected or (not entry.msgid_plural and expected - found):
                yield f"{language}: other placeholders: {key[1]!r}"


def compile_all() -> None:
    for language, _name in settings.LANGUAGES:
        path = catalogue_path(language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


PLURALS = {
    "kk": "nplurals=2; plural=(n!=1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}
PLURAL_COUNT = {"kk": 2, "ru": 3, "en": 2}


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from sorted(p for p in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in p.parts)
    for suffix in TEMPLATES:
        yield from sorted((settings.BASE_DIR / "templates").rglob(f"*{suffix}"))


def _strings_of(path: Path) -> Iterator[tuple[Key, str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        yield from _template_strings(text)
        return
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        singular, plural = message if isinstance(message, tuple) else (message, "")
        if singular:
            yield (context, singular), plural


def _template_strings(text: str) -> Iterator[tuple[Key, str]]:
    """Django turns a template into calls with literal strings; they are read one by one."""
    for function, arguments in _CALL.findall(templatize(text)):
        strings = [ast.literal_eval(literal) for literal in _LITERAL.findall(arguments)]
        context = strings.pop(0) if "p" in function else None
        yield (context, strings[0]), strings[1] if function.startswith("n") else ""


def _framework_source(folder: Path) -> Iterator[tuple[Key, str]]:
    """What the framework itself says: its English catalogue, or its code where it ships none."""
    catalogue = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if catalogue.exists():
        for entry in polib.pofile(str(catalogue)):
            if entry.msgid not in _UNMET:
                yield _key(entry), entry.msgid_plural
    else:
        for path in sorted(folder.rglob("*.py")):
            yield from _strings_of(path)


def _translated(compiled: Path) -> set[Key]:
    return {_key(e) for e in polib.mofile(str(compiled)).translated_entries()} if compiled.exists() else set()


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid
