"""The programme from top to bottom: every record that carries running text, in the order of the source."""

from dataclasses import dataclass

from .models import Paragraph, Programme, Sourced
from .source_lines import passages_of
from .tabulation import statistics


@dataclass(frozen=True)
class Block:
    """`kind`: heading, subheading, paragraph, item or table; `content`: the table of a table, else None."""

    kind: str
    record: Sourced
    kk: str
    text: str
    spans: dict[str, str]
    content: object = None

    @property
    def first_line(self) -> int:
        return passages_of(self.spans).first

    @property
    def anchor(self) -> str:
        return self.record.place


def running_text(programme: Programme) -> list[Block]:
    """All of sections 1 to 7, except the passport's rows. No query after `programmes_for_text`."""
    blocks = [_paragraph(paragraph) for paragraph in programme.paragraphs.all()]
    blocks += [_block("item", task, "text") for task in programme.tasks.all()]
    for direction in programme.directions.all():
        blocks.append(_block("subheading", direction, "title"))
        if direction.intro:
            blocks.append(_block("paragraph", direction, "intro"))
        blocks += [_block("item", measure, "text") for measure in direction.measures.all()]
    blocks += [_block("item", result, "text") for result in programme.expected_results.all()]
    blocks += [_block("table", table, "title", statistics(table)) for table in programme.baseline_tables.all()]
    return sorted(blocks, key=lambda block: block.first_line)


def _paragraph(paragraph: Paragraph) -> Block:
    return _block("paragraph" if paragraph.ordinal else "heading", paragraph, "text")


def _block(kind: str, record: Sourced, field: str, content=None) -> Block:
    # The other spans of a record are its wording in section 1.
    spans = {field: record.spans[field]}
    return Block(kind, record, getattr(record, f"{field}_kk"), getattr(record, field), spans, content)
