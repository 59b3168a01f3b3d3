"""Is this the report that was sent? Recognises hashes and files of finalised reports; anyone may ask.

The answers name a report and never tell anything of what it holds; nothing that is not final is recognised.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from .. import documents, foreign_files
from ..foreign_files import Unreadable
from ..models import ConsolidatedReport, Dispatch, ReportDocument
from .signing import Signature, validate

# Kazakh and Russian letters that look like those of a hash, for who copies it from paper.
_LOOKALIKES = str.maketrans("асеАСЕВ", "aceaceb")
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_HASH_IN_FILE = re.compile(_HASH.pattern.encode())
# How far a PDF is searched: for the file that was given out among its revisions, for hashes in its properties.
MOST_REVISIONS, MOST_HASHES = 20, 500
MOST_CELLS = 20


class Answer(StrEnum):
    """What a hash or a file turned out to be."""

    GENUINE = "genuine"  # exactly the data, or a file, of a final report
    SAME_CONTENT = "same_content"  # the same data, laid out or saved anew
    ADDED_TO = "added_to"  # a file given out, with something added
    ALTERED = "altered"  # names a report and says something else
    NOT_GIVEN_OUT = "not_given_out"  # names a report, but is none of its files
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verdict:
    """What the portal knows.

    `is_of_file`: a file was looked at, not just a hash, which anybody can copy into any document.
    `report` has `last_number` (of the newest supplement, or its own), `is_demonstration` and, if sent, `dispatch`.
    `document`: the file of the report that this is or began as; None for its data. `is_only_claimed`: a file names the
    report without its hash, as anybody could write. `differences` and `cells`: as `foreign_files.compare_workbooks`.
    `flaw`: why a file could not be read.
    """

    answer: Answer
    sha256: str
    is_of_file: bool = False
    report: ConsolidatedReport | None = None
    document: ReportDocument | None = None
    is_only_claimed: bool = False
    signatures: tuple[Signature, ...] = ()
    differences: int = 0
    cells: tuple[dict, ...] = ()
    flaw: str = ""

    @property
    def dispatch(self) -> Dispatch | None:
        return getattr(self.report, "dispatch", None)

    @property
    def was_changed_after_signing(self) -> bool:
        return any(not signature.is_intact or signature.is_changed_afterwards for signature in self.signatures)

    @property
    def is_superseded(self) -> bool:
        return self.report is not None and self.report.number < self.report.last_number


def read_hash(text: str) -> str | None:
    """The SHA-256 in what somebody typed or pasted: spaces, capitals, “SHA-256:” and words around it do not matter."""
    plain = re.sub(r"sha-?256", " ", text.translate(_LOOKALIKES).lower())
    found = set(_HASH.findall(plain)) or set(_HASH.findall(re.sub(r"[\s:\-]", "", plain)))
    return found.pop() if len(found) == 1 else None


def verify_hash(sha256: str) -> Verdict:
    """Of a report's data or of one of its files. Two queries."""
    document = _document(Q(sha256=sha256))
    report = _report(Q(pk=document.report_id) if document else Q(sha256=sha256))
    return Verdict(Answer.GENUINE if report else Answer.UNKNOWN, sha256, report=report, document=document)


def verify_file(content: bytes) -> Verdict:
    """As `verify_hash` for a file as it was given out; else by what it holds. At most five queries.

    Raises foreign_files.Busy.
    """
    verdict = replace(verify_hash(hashlib.sha256(content).hexdigest()), is_of_file=True)
    if content.lstrip()[:5] == b"%PDF-":
        return _verify_pdf(content, replace(verdict, signatures=tuple(validate(content))))
    if verdict.report:
        return verdict
    try:
        if content[:4] == b"PK\x03\x04":
            return _verify_office_file(content, verdict)
        if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
            return _verify_data(content, verdict)
    except Unreadable as unreadable:
        return replace(verdict, answer=Answer.UNREADABLE, flaw=str(unreadable))
    return verdict


def _verify_data(content: bytes, verdict: Verdict) -> Verdict:
    """JSON laid out anew keeps its canonical form; other JSON may at least say which report it claims to be."""
    data = foreign_files.canonical_data(content)
    if report := _report(Q(sha256=data["sha256"])):
        return replace(verdict, answer=Answer.SAME_CONTENT, report=report)
    claimed = Q(period__programme__slug=data["programme"], period__code=data["period"], number=data["number"])
    if data["number"] is not None and (report := _report(claimed)):
        return replace(verdict, answer=Answer.ALTERED, report=report, is_only_claimed=True)
    return verdict


def _verify_office_file(content: bytes, verdict: Verdict) -> Verdict:
    report = _report(Q(sha256__in=foreign_files.fingerprints(content)))
    if report is None:
        return verdict
    named = replace(verdict, report=report)
    if b"xl/workbook.xml" not in content:
        return replace(named, answer=Answer.NOT_GIVEN_OUT)
    found = foreign_files.compare_workbooks(content, _workbooks(report), at_most=MOST_CELLS)
    if not found["count"]:
        return replace(named, answer=Answer.SAME_CONTENT)
    return replace(named, answer=Answer.ALTERED, differences=found["count"], cells=tuple(found["cells"]))


def _workbooks(report: ConsolidatedReport) -> list[bytes]:
    """As they were given out, or would be, in every language."""
    given_out = {document.language: bytes(document.content) for document in report.documents.filter(format="xlsx")}
    return [
        given_out.get(language) or documents.render(report.data, "xlsx", language)
        for language, _name in settings.LANGUAGES
    ]


def _verify_pdf(content: bytes, verdict: Verdict) -> Verdict:
    if verdict.report:
        return verdict
    if document := _document(Q(sha256__in=_revisions(content))):
        return replace(verdict, answer=Answer.ADDED_TO, report=_report(Q(pk=document.report_id)), document=document)
    named = {found.group().decode() for found in islice(_HASH_IN_FILE.finditer(content), MOST_HASHES)}
    if report := _report(Q(sha256__in=named)):
        return replace(verdict, answer=Answer.NOT_GIVEN_OUT, report=report)
    return verdict


def _revisions(content: bytes) -> list[str]:
    """SHA-256 of the file up to each mark of an end: who adds to a PDF leaves its beginning as it was."""
    digest, done, found = hashlib.sha256(), 0, []
    for mark in islice(re.finditer(rb"%%EOF(?:\r\n|\n|\r)?", content), MOST_REVISIONS):
        digest.update(content[done : mark.end()])
        done = mark.end()
        found.append(digest.hexdigest())
    return found


def _document(condition: Q) -> ReportDocument | None:
    return ReportDocument.objects.filter(condition).defer("content").order_by("-report__finalised_at", "-pk").first()


def _report(condition: Q) -> ConsolidatedReport | None:
    """The newest one: a report names those before it, never those after it."""
    last = ConsolidatedReport.objects.filter(period=OuterRef("period")).order_by("-number").values("number")[:1]
    return (
        ConsolidatedReport.objects.filter(condition)
        .select_related("period__programme", "dispatch")
        .defer("content")
        .with_demonstration()
        .annotate(last_number=Subquery(last))
        .order_by("-finalised_at", "-number")
        .first()
    )
