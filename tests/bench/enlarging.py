"""The demonstration at many times its size: every body, activity and filed copy again and again, in one programme."""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection, transaction

from activities.models import Activity, Deadline, Indicator, Responsibility
from budget.models import BudgetLine
from programme.models import Agency
from reports.canonical import canonical_json, sha256_of
from reports.models import Submission, SubmissionCopy


@transaction.atomic
def enlarge(times: int) -> None:
    """Each group of copies answers for its own activities with its own bodies; half-years and regions stay the same.

    Reports that were finalised at the first size are deleted, so that the half-year before is as large as this one.
    """
    _delete_finalised()
    first = _First()
    for group in range(1, times):
        first.copy(group)


def _delete_finalised() -> None:
    """Past the triggers that guard them: this database belongs to the benchmark."""
    report = apps.get_model("reports", "ConsolidatedReport")
    related = [relation for relation in report._meta.related_objects if not relation.many_to_many]
    names = [relation.related_model._meta.db_table for relation in related if relation.one_to_one or not relation.null]
    names += [report.copies.through._meta.db_table]
    names = [*dict.fromkeys(names), "reports_reportevent", report._meta.db_table]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        for trigger, table in cursor.fetchall():
            if table in names:
                cursor.execute(f'DROP TRIGGER "{trigger}"')
        for table in dict.fromkeys(names):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608


class _First:
    """The rows of the first size, and how to make a group of them once more."""

    def __init__(self):
        self.activities = list(Activity.objects.order_by("ordinal"))
        self.responsibilities = list(Responsibility.objects.all())
        named = {row.agency_id for row in self.responsibilities}
        self.agencies = list(Agency.objects.filter(pk__in=named).order_by("ordinal"))
        self.submissions = list(Submission.objects.filter(agency__in=named))
        self.copies = list(SubmissionCopy.objects.filter(submission__agency__in=named))
        self.of_activity = [
            list(model.objects.filter(activity__in=self.activities)) for model in (Deadline, Indicator, BudgetLine)
        ]

    def copy(self, group: int) -> None:
        step = group * len(self.activities)
        activities = self._again(
            self.activities,
            lambda row: {
                "ordinal": row.ordinal + step,
                "printed_number": row.printed_number and row.printed_number + step,
            },
        )
        agencies = self._again(
            self.agencies,
            lambda row: {
                "code": _code(row.code, group),
                "ordinal": row.ordinal + group * 100,
                **{f"{name}_{language}": f"{getattr(row, f'{name}_{language}')} {group}"
                   for name in ("name", "short_name") for language in ("kk", "ru", "en")},
            },
        )  # fmt: skip
        self._again(
            self.responsibilities,
            lambda row: {"activity_id": activities[row.activity_id], "agency_id": agencies[row.agency_id]},
        )
        for rows in self.of_activity:
            self._again(rows, lambda row: {"activity_id": activities[row.activity_id]})
        submissions = self._again(self.submissions, lambda row: {"agency_id": agencies[row.agency_id]})
        self._again(
            self.copies,
            lambda row: {"submission_id": submissions[row.submission_id], **_filed_again(row, group, step)},
        )

    def _again(self, rows: list, changes) -> dict[int, int]:
        """Stores each row once more with its changes; the new key by the old one."""
        if not rows:
            return {}
        model = type(rows[0])
        fields = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        made = [model(**{name: getattr(row, name) for name in fields} | changes(row)) for row in rows]
        model.objects.bulk_create(made)
        return {old.pk: new.pk for old, new in zip(rows, made, strict=True)}


def _code(code: str, group: int) -> str:
    return f"{code}-{group}"


def _filed_again(copy: SubmissionCopy, group: int, step: int) -> dict:
    data = copy.data
    entries: Iterable[dict] = (entry | {"activity": entry["activity"] + step} for entry in data["entries"])
    content = canonical_json(data | {"agency": _code(data["agency"], group), "entries": list(entries)})
    return {"content": content, "sha256": sha256_of(content), "receipt": f"{copy.receipt}-{group}"}
