"""Reads one file of unknown origin: framed files on standard input, JSON on standard output, the task as an argument.

A program, which `foreign_files.py` starts under limits; it knows nothing of Django. It answers {"found": …}, or
{"flaw": code} for what it will not read; anything else that goes wrong ends it.
"""

import contextlib
import hashlib
import io
import json
import math
import re
import sys
import zipfile
import zlib

MOST_UNPACKED, MOST_RATIO, MOST_MEMBERS = 200 * 2**20, 200, 2_000
# Below this an archive may be as dense as it likes.
SMALL = 10 * 2**20
MOST_ROWS, MOST_COLUMNS = 1_000_000, 200
MOST_FINGERPRINTS, MOST_SIGNATURES, MOST_TEXT = 1_000, 20, 200
_DOCTYPES = ["<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
# An editor may split a word into runs (w:r, w:t; r, t), but not over paragraphs or cells.
_END_OF_TEXT = re.compile(rb"</(?!w:|r>|t>)[^>]*>|</w:(?:p|tc)>")
_FINGERPRINT = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Flaw(Exception):
    """Its argument is one of the codes that `foreign_files` has a text for."""


def fingerprints(content: bytes) -> list[str]:
    found: dict[str, None] = {}
    for xml in open_archive(content).values():
        text = re.sub(rb"<[^>]*>", b"", _END_OF_TEXT.sub(b" ", xml)).decode(errors="replace")
        found.update(dict.fromkeys(_FINGERPRINT.findall(text)))
    return list(found)[:MOST_FINGERPRINTS]


def open_archive(content: bytes) -> dict[str, bytes]:
    """The XML members of an archive whose directory, read first, promises nothing monstrous."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            is_dense = unpacked > SMALL and unpacked > MOST_RATIO * len(content)
            if unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS or is_dense:
                raise Flaw("unpacked")
            xml = {m.filename: archive.read(m) for m in members if m.filename.lower().endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Flaw("damaged") from error
    if any(doctype in member for member in xml.values() for doctype in _DOCTYPES):
        raise Flaw("doctype")
    return xml


def compare_workbooks(theirs: bytes, *ours: bytes, at_most: str) -> dict:
    import openpyxl

    open_archive(theirs)
    # Formulas are kept: one that happens to show the right figure is not that figure.
    books = [openpyxl.load_workbook(io.BytesIO(content), read_only=True) for content in (theirs, *ours)]
    their_book = books[0]
    our_book = max(books[1:], key=lambda book: len(set(book.sheetnames) & set(their_book.sheetnames)))
    names = list(dict.fromkeys([*our_book.sheetnames, *their_book.sheetnames]))
    count, cells = 0, []
    for name in names:
        for cell, our_value, their_value in _differences(name, our_book, their_book):
            count += 1
            if len(cells) < int(at_most):
                cells.append({"sheet": name, "cell": cell, "ours": _shown(our_value), "theirs": _shown(their_value)})
    return {"count": count, "cells": cells}


def _differences(name: str, our_book, their_book):
    if name not in our_book.sheetnames or name not in their_book.sheetnames:
        yield "", *(name if name in book.sheetnames else None for book in (our_book, their_book))
        return
    ours, theirs = (_cells(book[name]) for book in (our_book, their_book))
    for row, column in sorted(ours.keys() | theirs.keys()):
        our_value, their_value = ours.get((row, column)), theirs.get((row, column))
        if not _same(our_value, their_value):
            yield _address(row, column), our_value, their_value


def _cells(sheet) -> dict[tuple[int, int], object]:
    """Only what is filled, however far apart it stands."""
    # What the file says of its own size may be wrong.
    sheet.reset_dimensions()
    found = {}
    for row_number, row in enumerate(sheet.iter_rows(), start=1):
        if row_number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise Flaw("costly")
        for column, cell in enumerate(row, start=1):
            if cell.value not in (None, ""):
                found[row_number, column] = _value(cell)
    return found


def _value(cell):
    """A date as the number it is stored as: saving again may change the format in which it shows."""
    from openpyxl.utils.datetime import to_excel

    if cell.is_date and not isinstance(cell.value, str | int | float):
        return to_excel(cell.value)
    return cell.value.replace("\r\n", "\n") if isinstance(cell.value, str) else cell.value


def _same(ours, theirs) -> bool:
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (ours, theirs)]
    if all(numbers):
        return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-9)
    return type(ours) is type(theirs) and ours == theirs


def _shown(value) -> str | None:
    text = None if value is None else str(value)
    return text if text is None or len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _address(row: int, column: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def canonical_data(content: bytes) -> dict:
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unambiguous)
        # The portal's own form, see canonical.py; this program runs without the portal.
        canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        found = {"sha256": hashlib.sha256(canonical.encode()).hexdigest()}
    except (ValueError, RecursionError) as error:
        raise Flaw("damaged") from error
    match data:
        case {"programme": {"slug": str(programme)}, "period": {"code": str(period)}} if "\0" not in programme + period:
            # The first version knew no supplements.
            number = data.get("number", 1)
            named = {"programme": programme, "period": period, "number": number if type(number) is int else None}
        case _:
            named = dict.fromkeys(["programme", "period", "number"])
    return found | named


def _unambiguous(pairs: list[tuple]) -> dict:
    """Readers differ on which of two equal keys they take."""
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def signatures(pdf: bytes, *trusted: bytes) -> list[dict]:
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader

    roots = [x509.Certificate.load(certificate) for certificate in trusted]
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    return [_signature(signature, roots) for signature in found[:MOST_SIGNATURES]]


def _signature(signature, roots: list) -> dict:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    found = {"signer": "", "signed_at": None}
    found |= dict.fromkeys(["is_intact", "covers_whole_document", "is_changed_afterwards", "is_trusted"], False)
    # A forged signature may break the library at any point; it then counts as broken.
    with contextlib.suppress(Exception):
        certificate, signed_at = signature.signer_cert, signature.self_reported_timestamp
        found |= {"signer": _name(certificate)[:MOST_TEXT], "signed_at": signed_at and signed_at.isoformat()}
        status = _validated(signature, roots, signed_at)
        was_valid = signed_at and certificate.not_valid_before <= signed_at <= certificate.not_valid_after
        covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        by_signing_only = status.coverage == SignatureCoverageLevel.ENTIRE_REVISION and (
            status.modification_level is not None and status.modification_level < ModificationLevel.OTHER
        )
        found |= {
            "is_intact": status.intact and status.valid,
            "covers_whole_document": covers,
            "is_changed_afterwards": not covers and not (by_signing_only and status.docmdp_ok),
            "is_trusted": bool(status.intact and status.valid and status.trusted and was_valid),
        }
    return found


def _validated(signature, roots: list, signed_at):
    """At the time that the signer states: his certificate may have run out since. Nothing is fetched."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=roots, moment=signed_at, allow_fetching=False, revocation_mode="soft-fail")
    usage = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
    return validate_pdf_signature(signature, context, key_usage_settings=usage)


def _name(certificate) -> str:
    names = certificate.subject.native
    name = names.get("common_name") or certificate.subject.human_friendly
    return name if isinstance(name, str) else ", ".join(name)


def _framed_files() -> list[bytes]:
    stream, files = sys.stdin.buffer, []
    while size := stream.read(8):
        files.append(stream.read(int.from_bytes(size, "big")))
    return files


TASKS = {task.__name__: task for task in (fingerprints, compare_workbooks, canonical_data, signatures)}


def main(task: str, *arguments: str, tasks=TASKS) -> None:
    try:
        if task == "compare_workbooks":
            answer = {"found": compare_workbooks(*_framed_files(), at_most=arguments[0])}
        else:
            answer = {"found": tasks[task](*_framed_files())}
    except Flaw as flaw:
        answer = {"flaw": flaw.args[0]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
