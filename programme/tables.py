"""The programme's fixture files, in the order in which they load."""

from . import models
from .loading import Table

AGENCY = {"agency": ("code",)}
REGION = {"region": ("code",)}

TABLES = [
    Table(models.Region, key=("code",), within=None),
    Table(models.Agency, key=("code",), within=None, references=REGION),
    Table(models.Programme, key=("slug",), within=None, references={"lead_agency": ("code",)}),
    Table(models.ReportingRule, key=("half",)),
    Table(models.Clause, key=("ordinal",)),
    Table(models.LegalAct, key=("kind", "number")),
    Table(models.PassportRow, key=("ordinal",)),
    Table(models.Paragraph, key=("section", "ordinal")),
    Table(models.Stage, key=("number",)),
    Table(models.Task, key=("ordinal",)),
    Table(models.Direction, key=("code",), references={"task": ("ordinal",)}),
    Table(
        models.Measure,
        key=("direction", "stage", "ordinal"),
        within="direction__programme",
        references={"direction": ("code",), "stage": ("number",)},
    ),
    Table(models.ExpectedResult, key=("stage", "ordinal"), references={"stage": ("number",)}),
    Table(
        models.ResultTarget,
        key=("result", "quantity"),
        within="result__programme",
        references={"result": ("stage__number", "ordinal")},
    ),
    Table(models.Financing, key=("source", "year")),
    Table(models.Abbreviation, key=("ordinal",), references=AGENCY),
    Table(models.BaselineTable, key=("code",)),
    Table(
        models.BaselineValue,
        key=("table", "row", "column"),
        within="table__programme",
        references={"table": ("code",)},
    ),
    Table(models.Finding, key=("code",)),
]
