from .bodies import Agency, Region
from .content import (
    Abbreviation,
    BaselineTable,
    BaselineValue,
    Clause,
    Direction,
    ExpectedResult,
    Financing,
    Finding,
    FundingSource,
    LegalAct,
    Measure,
    Paragraph,
    PassportRow,
    ResultTarget,
    Stage,
    Task,
    TotalSource,
)
from .programme import Programme, ReportingRule, SourceText
from .sourced import Sourced, parse_spans
from .stamp import Stamp
from .vocabulary import Word

__all__ = [
    "Abbreviation",
    "Agency",
    "BaselineTable",
    "BaselineValue",
    "Clause",
    "Direction",
    "ExpectedResult",
    "Financing",
    "Finding",
    "FundingSource",
    "LegalAct",
    "Measure",
    "Paragraph",
    "PassportRow",
    "Programme",
    "Region",
    "ReportingRule",
    "ResultTarget",
    "SourceText",
    "Sourced",
    "Stage",
    "Stamp",
    "Task",
    "TotalSource",
    "Word",
    "parse_spans",
]
