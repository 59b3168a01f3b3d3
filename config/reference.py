"""The reference of the API as a page: what the OpenAPI schema says, for people, in their language."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from programme.problems import KINDS

from .openapi import PROBLEM

# A text in three languages is one field for its reader.
IN_LANGUAGES = "TextInLanguages"
CHOICE = re.compile(r"^\* `(.*?)` - (.*)$", re.MULTILINE)
# What every list takes is said once, at the top.
OF_EVERY_LIST = ("page", "page_size", "fields", "format")
SAMPLES = {"date": "2009-07-10", "date-time": "2009-07-10T18:00:00+06:00", "integer": 1, "boolean": True}


@dataclass(frozen=True)
class Field:
    """`name`: with its path, "spending[].amount"; `choices`: value and label, the label empty where it says nothing."""

    name: str
    type: str
    description: str
    choices: list[tuple[str, str]]
    is_required: bool
    place: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    types: list[str]
    fields: list[Field]
    is_list: bool


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    parameters: list[Field]
    is_list: bool
    body_type: str
    body: list[Field]
    answers: list[Answer]
    problems: list[str]
    example: str


@require_safe
def reference(request):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    reader = Reader(schema, request.build_absolute_uri("/")[:-1])
    context = {
        "groups": [(tag, [*operations]) for tag, operations in groupby(reader.operations(), key=_first_part)],
        "problems": [(code, kind.status, kind.title, kind.remedy) for code, kind in KINDS.items()],
        "root": request.build_absolute_uri(reverse("api-root")),
    }
    return render(request, "api/reference.html", context)


class Reader:
    """Reads the schema. `origin`: what addresses of examples begin with."""

    def __init__(self, schema: dict, origin: str):
        self.schema = schema
        self.origin = origin

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.schema["paths"].items():
            for method, operation in methods.items():
                body_type, body = next(iter(operation.get("requestBody", {}).get("content", {}).items()), ("", {}))
                parameters = [self._parameter(one) for one in operation.get("parameters", [])]
                own = [one for one in parameters if one.name not in OF_EVERY_LIST]
                responses = operation["responses"].items()
                yield Operation(
                    anchor=f"op-{operation['operationId']}",
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    parameters=own,
                    is_list=own != parameters,
                    body_type=body_type,
                    body=[*self._fields(body.get("schema", {}), skip="readOnly")],
                    answers=[self._answer(status, one) for status, one in responses if not _is_problem(one)],
                    problems=[status for status, one in responses if _is_problem(one)],
                    example=self._example(method.upper(), path, parameters, body_type, body.get("schema", {})),
                )

    def _answer(self, status: str, response: dict) -> Answer:
        content = response.get("content", {})
        schema = self._resolve(next(iter(content.values()), {}).get("schema", {}))
        rows = schema.get("properties", {}).get("results") if "count" in schema.get("properties", {}) else None
        fields = [*self._fields((rows or schema).get("items", rows or schema), skip="writeOnly")]
        return Answer(status, [*content], fields, is_list=bool(rows) or schema.get("type") == "array")

    def _parameter(self, parameter: dict) -> Field:
        schema = parameter["schema"]
        values = [str(value) for value in (schema.get("enum") or schema.get("items", {}).get("enum") or [])]
        text, choices = _split(str(parameter.get("description", "")))
        choices = choices or [(value, "") for value in values if not value.startswith("-")]
        required = parameter.get("required", False)
        return Field(parameter["name"], self._type(schema), text, choices, required, parameter["in"])

    def _fields(self, schema: dict, skip: str, before: str = "") -> Iterator[Field]:
        schema = self._resolve(schema)
        for name, inner in schema.get("properties", {}).items():
            if inner.get(skip):
                continue
            text, choices = self._words(inner)
            yield Field(before + name, self._type(inner), text, choices, name in schema.get("required", []))
            if not self._type(inner).startswith("{"):
                found = self._resolve(inner)
                deeper, mark = (found["items"], "[].") if "items" in found else (found, ".")
                yield from self._fields(deeper, skip, before + name + mark)

    def _words(self, schema: dict) -> tuple[str, list[tuple[str, str]]]:
        """What a field says of itself, with its choices, which may stand with their own name only."""
        text, choices = _split(str(schema.get("description", "")))
        found = self._resolve(schema)
        return text, choices or (_split(str(found.get("description", "")))[1] if "enum" in found else [])

    def _resolve(self, schema: dict) -> dict:
        """What stands behind a reference; of alternatives the first: the others are null, blank or a part of it."""
        while True:
            if "$ref" in schema:
                schema = self.schema["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            elif several := _alternatives(schema):
                schema = several[0]
            else:
                return schema

    def _type(self, schema: dict) -> str:
        """As "string, date", "object[]" or "integer or null"."""
        options = _alternatives(schema) or [schema]
        if any(option.get("$ref", "").endswith(IN_LANGUAGES) for option in options):
            return "{kk, ru, en}"
        found = self._resolve(schema)
        names = found.get("type", "object" if "properties" in found else "any")
        names = [names] if isinstance(names, str) else names
        if "array" in names:
            return self._type(found["items"]) + "[]"
        names = [f"{name}, {found['format']}" if "format" in found and name != "null" else name for name in names]
        nullable = [option for option in options if option.get("type") == "null"]
        return " | ".join([*names, *(["null"] if nullable else [])])

    def _sample(self, schema: dict):
        found = self._resolve(schema)
        if "enum" in found:
            return found["enum"][0]
        if "items" in found:
            return [self._sample(found["items"])]
        if properties := {name: one for name, one in found.get("properties", {}).items() if not one.get("readOnly")}:
            names = [name for name in properties if name in found.get("required", [])] or [*properties][:1]
            return {name: self._sample(properties[name]) for name in names}
        name = found.get("type", "")
        return SAMPLES.get(found.get("format")) or SAMPLES.get(name if isinstance(name, str) else name[0], "…")

    def _example(self, method, path, parameters, body_type, body) -> str:
        address = self.origin + re.sub(r"\{\w+\}", "1", path)
        parts = ['curl -H "Authorization: Bearer $TOKEN"', *([f"-X {method}"] if method != "GET" else [])]
        parts += [f'-H "{one.name}: ${_variable(one.name)}"' for one in parameters if one.place == "header"]
        if body_type.startswith("multipart"):
            parts.append("-F file=@report.pdf")
        elif body_type:
            sample = json.dumps(self._sample(body), ensure_ascii=False)
            parts += [f'-H "Content-Type: {body_type}"', f"-d {shlex.quote(sample)}"]
        return " \\\n  ".join([*parts, address])


def _alternatives(schema: dict) -> list[dict]:
    return schema.get("oneOf") or schema.get("allOf") or schema.get("anyOf") or []


def _is_problem(response: dict) -> bool:
    return PROBLEM in response.get("content", {})


def _split(description: str) -> tuple[str, list[tuple[str, str]]]:
    """What a description says, and the choices that the schema appends to it."""
    return CHOICE.sub("", description).replace("`", "").strip(), CHOICE.findall(description)


def _first_part(operation: Operation) -> str:
    return operation.path.removeprefix("/api/v1/").partition("/")[0]


def _variable(header: str) -> str:
    return header.upper().replace("-", "_")
