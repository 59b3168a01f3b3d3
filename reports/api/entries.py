"""Entries, read and written one by one: through the form of the page, each with the version that it is based on."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from activities.api import INDICATOR_CODE, ROW
from activities.models import DocumentKind
from programme.api import MILLION_TENGE, YEAR
from programme.models import FundingSource
from programme.problems import FieldError, Problem

from .. import filing
from ..duty import OwedActivity
from ..forms.entry import EntryForm
from ..models import Entry
from ..transitions import Refused, lock
from .bodies import Amount, Body, Count, Text, checked, invalid
from .door import WRITES, ReportViewSet, owed_or_404, own_report
from .owed import COMPLETE, VERSION, EntryProblemSerializer
from .pointers import counted, places, pointed, spent
from .versions import ETAG, IF_MATCH, etag, version_asked_for

# More rows than any activity has lines or indicators.
MOST_ROWS = 200


class LineReferenceSerializer(Body):
    region = Text(allow_null=True, help_text=gettext_lazy("Code of the region; null: the republican level."))
    year = Count(help_text=YEAR)
    source = serializers.ChoiceField(choices=FundingSource.choices)


class WrittenSpendingSerializer(Body):
    line = LineReferenceSerializer(help_text=gettext_lazy("The budget line of the activity."))
    amount = Amount(allow_null=True, help_text=MILLION_TENGE)


class WrittenIndicatorSerializer(Body):
    indicator = Text(help_text=INDICATOR_CODE)
    value = Count(allow_null=True, help_text=gettext_lazy("What this half-year added."))


class WrittenDocumentSerializer(Body):
    kind = serializers.ChoiceField(choices=DocumentKind.choices, allow_blank=True)
    number = Text(required=False, help_text=gettext_lazy("Empty where the document has none."))
    date = serializers.DateField(required=False, allow_null=True, help_text=gettext_lazy("Its date."))


class WrittenEntrySerializer(Body):
    activity = serializers.IntegerField(read_only=True, help_text=ROW)
    status = serializers.ChoiceField(
        choices=Entry.Status.choices, allow_blank=True, help_text=gettext_lazy("Empty: not chosen yet.")
    )
    narrative = Text(help_text=gettext_lazy("What was done; 20,000 characters at most."))
    reason = Text(
        help_text=gettext_lazy(
            "Needed when the activity is delayed, when there is nothing to report, "
            "and when money, a figure or a date is not what one would expect."
        )
    )
    next_step = Text(help_text=gettext_lazy("Needed when the activity is delayed."))
    completed_on = serializers.DateField(
        allow_null=True, help_text=gettext_lazy("When it was completed; null where that is not said.")
    )
    document = WrittenDocumentSerializer(
        allow_null=True,
        help_text=gettext_lazy(
            "The document that shows the completion; null where none is named. Its kind alone is kept only of an "
            "activity that is done."
        ),
    )
    spending = WrittenSpendingSerializer(
        many=True,
        max_length=MOST_ROWS,
        help_text=gettext_lazy("Spent in this half-year, by line; a null amount: nothing entered."),
    )
    indicators = WrittenIndicatorSerializer(
        many=True,
        max_length=MOST_ROWS,
        help_text=gettext_lazy("What was counted in this half-year; a null value: nothing entered."),
    )
    version = serializers.IntegerField(read_only=True, help_text=VERSION)
    updated_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text=gettext_lazy("When it was last changed; null: not begun.")
    )
    updated_by = serializers.CharField(
        read_only=True, allow_null=True, help_text=gettext_lazy("Who changed it last; null: not begun.")
    )
    complete = serializers.BooleanField(read_only=True, help_text=COMPLETE)
    problems = EntryProblemSerializer(
        many=True, read_only=True, help_text=gettext_lazy("What keeps it from being filed.")
    )
    warnings = EntryProblemSerializer(
        many=True, read_only=True, help_text=gettext_lazy("What asks for an explanation, given or not.")
    )


class WrittenEntryViewSet(ReportViewSet):
    serializer_class = WrittenEntrySerializer
    problems = {
        "retrieve": (403,),
        "update": (*WRITES, 412, 428),
        "partial_update": (*WRITES, 412, 428),
    }

    @extend_schema(summary=gettext_lazy("One entry, as the agency writes it"), parameters=[ETAG])
    def retrieve(self, request, pk, ordinal):
        return answer(owed_or_404(own_report(request, pk), ordinal))

    @extend_schema(summary=gettext_lazy("Write the whole entry"), parameters=[IF_MATCH, ETAG])
    def update(self, request, pk, ordinal):
        return self._save(request, pk, ordinal, whole=True)

    @extend_schema(summary=gettext_lazy("Write some fields of the entry"), parameters=[IF_MATCH, ETAG])
    def partial_update(self, request, pk, ordinal):
        return self._save(request, pk, ordinal, whole=False)

    @transaction.atomic
    def _save(self, request, pk, ordinal, *, whole):
        """Under the report's lock, so that what is answered is what is stored."""
        submission = lock(own_report(request, pk))
        owed = owed_or_404(submission, ordinal)
        version = version_asked_for(request)
        if not submission.is_editable:
            raise Refused(filing.why_locked(submission))
        serializer = self.get_serializer(data=request.data, partial=not whole)
        serializer.is_valid(raise_exception=True)
        sent = _understood(owed, serializer.validated_data, whole=whole)
        form = _form(owed, sent, version)
        checked(form, sent.places)
        try:
            entry = filing.save_entry(
                submission=submission,
                activity=owed.activity,
                by=request.user,
                version=version,
                values=sent.only(form.values),
                spending={pk: amount for pk, amount in form.spending.items() if spent(pk) in sent.typed},
                indicators={pk: value for pk, value in form.indicators.items() if counted(pk) in sent.typed},
            )
        except filing.Conflict as conflict:
            raise Problem(
                412,
                "changed_meanwhile",
                _("Somebody else saved this entry since you read it. Nothing was saved; `theirs` is what stands."),
                members={"theirs": theirs(owed)},
            ) from conflict
        return answer(owed.after(entry if entry.pk else None, form.spending, form.indicators))


def answer(owed: OwedActivity) -> Response:
    found = content(owed) | {
        "activity": owed.activity.ordinal,
        "version": owed.entry.version if owed.entry else 0,
        "complete": owed.is_complete,
        "problems": pointed(owed, owed.problems),
        "warnings": pointed(owed, owed.warnings),
    }
    return Response(WrittenEntrySerializer(found).data, headers=etag(found["version"]))


def theirs(owed: OwedActivity) -> dict:
    """What stands in place of what was sent, without a version: who wants to replace it reads it first."""
    found = content(owed)
    data = WrittenEntrySerializer(found | {"problems": [], "warnings": []}).data
    return {name: data[name] for name in found}


def content(owed: OwedActivity) -> dict:
    entry = owed.entry or Entry()
    document = {name: getattr(entry, f"document_{name}") for name in ("kind", "number", "date")}
    return {
        "status": entry.status,
        "narrative": entry.narrative,
        "reason": entry.reason,
        "next_step": entry.next_step,
        "completed_on": entry.completed_on,
        "document": document if any(document.values()) else None,
        "spending": [
            {"line": _line(item), "amount": None if item.spent is None else str(item.spent)} for item in owed.lines
        ],
        "indicators": [{"indicator": item.indicator.code, "value": item.value} for item in owed.indicators],
        "updated_at": entry.updated_at,
        "updated_by": str(entry.updated_by) if owed.entry else None,
    }


def _line(item) -> dict:
    _ordinal, region, year, source = item.line.key
    return {"region": region, "year": year, "source": source}


@dataclass
class Sent:
    """What a request says about an entry, by field of EntryForm, and where in the request it stands."""

    typed: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def only(self, values: dict) -> dict:
        return {name: value for name, value in values.items() if name in self.typed}


def _understood(owed: OwedActivity, data: dict, *, whole: bool) -> Sent:
    """`whole`: lines and indicators that the request does not name are empty, not as they were."""
    sent = Sent({name: _text(data[name]) for name in Entry.WRITTEN if name in data})
    if "document" in data:
        document = data["document"] or {}
        sent.typed |= {f"document_{name}": _text(document.get(name)) for name in ("kind", "number", "date")}
    lines = {item.line.key[1:]: item.line.pk for item in owed.lines}
    indicators = {item.indicator.code: item.indicator.pk for item in owed.indicators}
    spending = [(_key(row["line"]), row["amount"]) for row in data.get("spending", [])]
    counts = [(row["indicator"], row["value"]) for row in data.get("indicators", [])]
    errors = _unknown("#/spending/{}/line", (key for key, _amount in spending), lines)
    errors += _unknown("#/indicators/{}/indicator", (code for code, _value in counts), indicators)
    if errors:
        raise invalid(errors)
    sent.places = places((lines[key] for key, _amount in spending), (indicators[code] for code, _value in counts))
    if whole:
        sent.typed |= dict.fromkeys([*map(spent, lines.values()), *map(counted, indicators.values())], "")
    sent.typed |= {spent(lines[key]): _text(amount) for key, amount in spending}
    sent.typed |= {counted(indicators[code]): _text(value) for code, value in counts}
    return sent


def _key(line: dict) -> tuple:
    return line["region"], line["year"], line["source"]


def _text(value) -> str:
    return "" if value is None else str(value)


def _unknown(place: str, keys, known: dict) -> list[FieldError]:
    """Errors for rows on what the agency does not report on, and for a second row on the same."""
    found, seen = [], set()
    for index, key in enumerate(keys):
        if key not in known:
            found.append(FieldError(place.format(index), _("The agency does not report on this for this activity.")))
        elif key in seen:
            found.append(FieldError(place.format(index), _("This is given twice.")))
        seen.add(key)
    return found


def _form(owed: OwedActivity, sent: Sent, version: int) -> EntryForm:
    """The page's form with what was sent; what was not sent is as it stands."""
    standing = EntryForm(owed=owed)
    data = {name: standing[name].value() for name in standing.fields}
    return EntryForm(data | sent.typed | {"version": version}, owed=owed)
