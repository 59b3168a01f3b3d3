"""The files of a finalised report: rendered once from what was frozen, and given out as the same bytes ever after."""

import hashlib

from django.db import IntegrityError, transaction

from programme import calendar

from .. import documents
from ..models import ConsolidatedReport, ReportDocument
from . import signing

SIGNED = "signed.pdf"
FORMATS = ("docx", "pdf", SIGNED, "xlsx")


def file_of(report: ConsolidatedReport, fmt: str, language: str) -> ReportDocument:
    """The file in one of FORMATS and in kk, ru or en, made on the first call.

    The signed PDF is the stored PDF with the ministry's signature; raises signing.Unavailable where it cannot be made.
    """
    kept = report.documents.filter(format=fmt, language=language)
    return kept.first() or _keep(report, fmt, language, _render(report, fmt, language))


def content_of(report: ConsolidatedReport, fmt: str, language: str) -> bytes:
    """The same as bytes; "json" is the frozen content itself, for which `report.sha256` stands."""
    return report.content.encode() if fmt == "json" else bytes(file_of(report, fmt, language).content)


def _render(report: ConsolidatedReport, fmt: str, language: str) -> bytes:
    if fmt == SIGNED:
        return signing.sign(content_of(report, "pdf", language))
    return documents.render(report.data, fmt, language)


def _keep(report: ConsolidatedReport, fmt: str, language: str, content: bytes) -> ReportDocument:
    """Somebody who asked at the same moment may have stored it first; then his is the file."""
    try:
        with transaction.atomic():
            return ReportDocument.objects.create(
                report=report,
                format=fmt,
                language=language,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                made_at=calendar.now(),
            )
    except IntegrityError:
        return report.documents.get(format=fmt, language=language)
