"""The consolidated report as a file: one structure, four formats, three languages.

`render` takes the plain structure of `reports.consolidation` and never looks into the database. The same structure
gives the same bytes, whenever and wherever it is rendered.
"""

from ..canonical import canonical_json
from ..consolidation.structure import Report
from . import docx, outline, pdf, xlsx

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_RENDERERS = {"docx": docx.render, "pdf": pdf.render}


def render(report: Report, fmt: str, language: str) -> bytes:
    """The file in kk, ru or en; JSON is the canonical form in all three at once, whose SHA-256 the portal shows.

    `report`: live, or as it was frozen in any version.
    """
    if fmt == "json":
        return canonical_json(report).encode()
    if fmt == "xlsx":
        return xlsx.render(report, language)
    return _RENDERERS[fmt](outline.outline(report, language))


def file_name(report: Report, fmt: str, language: str) -> str:
    """ASCII: consolidated-2008-H2-kk.docx, consolidated-2008-H2-supplement-1-kk.docx; JSON has all three languages."""
    stem = f"consolidated-{report['period']['code']}"
    if report.get("number", 1) > 1:
        stem += f"-supplement-{report['number'] - 1}"
    return f"{stem}.json" if fmt == "json" else f"{stem}-{language}.{fmt}"
