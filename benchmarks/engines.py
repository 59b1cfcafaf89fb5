"""The same twenty metadata rules and document in Cedar, Rego and CEL, each prepared beforehand as well as its library can.

All have to find the same violations. Needs the packages of the dependency group `bench`; an engine that is not
installed is left out, and that is said. What an engine cannot say is computed for it beforehand and not counted: Cedar
has neither regular expressions nor the length of a text, so its document carries `is_snake_case` and the lengths.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from benchmarks.metadata import SNAKE_CASE, Prepared, by_hand, paired
from policy_engine.product.model import Dataset, Field, Product

Violations = list[tuple[str, str]]
Judge = Callable[[], Violations]

_REGO: Final = """package bench
import rego.v1
rank(f) := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}[f.classification]
is_pii(f) if { some tag in f.tags; tag == "pii" }
is_pii(f) if { some tag in f.tags; startswith(tag, "pii.") }
violations contains ["r01", f.path] if { some f in input.fields; not f.classification }
violations contains ["r02", f.path] if { some f in input.fields; rank(f) >= 2; not is_masked(f) }
is_masked(f) if { f.masking; f.masking != "none" }
violations contains ["r03", f.path] if { some f in input.fields; not regex.match(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`, f.name) }
violations contains ["r04", f.path] if { some f in input.fields; not f.description }
violations contains ["r05", f.path] if { some f in input.fields; count(f.description) < 10 }
violations contains ["r06", f.path] if { some f in input.fields; is_pii(f); not is_confidential(f) }
is_confidential(f) if { rank(f) >= 2 }
violations contains ["r07", f.path] if { some f in input.fields; f.primary_key; not f.required }
violations contains ["r08", f.path] if { some f in input.fields; f.primary_key; not f.unique }
violations contains ["r09", f.path] if { some f in input.fields; count(f.name) > 40 }
violations contains ["r10", f.path] if { some f in input.fields; startswith(f.name, "tmp_") }
violations contains ["r11", f.path] if { some f in input.fields; endswith(f.name, "_id"); not is_key_type(f) }
is_key_type(f) if { f.type in {"string", "integer"} }
violations contains ["r12", f.path] if { some f in input.fields; endswith(f.name, "_at"); not is_time(f) }
is_time(f) if { f.type == "timestamp" }
violations contains ["r13", f.path] if { some f in input.fields; not f.type }
violations contains ["r14", f.path] if { some f in input.fields; not f.physical_type }
violations contains ["r15", f.path] if { some f in input.fields; f.description == f.name }
violations contains ["r16", f.path] if { some f in input.fields; f.classification == "restricted"; not is_pii(f) }
violations contains ["r17", f.path] if { some f in input.fields; f.unique; not f.required }
violations contains ["r18", f.path] if { some f in input.fields; "deprecated" in f.tags }
violations contains ["r19", d.name] if { some d in input.datasets; not has_key(d) }
has_key(d) if { some f in d.fields; f.primary_key }
violations contains ["r20", d.name] if { some d in input.datasets; some f in d.fields; f.name == d.name }
"""

_RANK_CEL: Final = 'f.classification in ["confidential", "restricted"]'
_CEL: Final = {
    "r01": '!("classification" in f)',
    "r02": f'"classification" in f && {_RANK_CEL} && !("masking" in f && f.masking != "none")',
    "r03": '!f.name.matches("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")',
    "r04": '!("description" in f)',
    "r05": '"description" in f && size(f.description) < 10',
    "r06": f'f.tags.exists(t, t == "pii" || t.startsWith("pii.")) && !("classification" in f && {_RANK_CEL})',
    "r07": "f.primary_key && !f.required",
    "r08": "f.primary_key && !f.unique",
    "r09": "size(f.name) > 40",
    "r10": 'f.name.startsWith("tmp_")',
    "r11": 'f.name.endsWith("_id") && !("type" in f && f.type in ["string", "integer"])',
    "r12": 'f.name.endsWith("_at") && !("type" in f && f.type == "timestamp")',
    "r13": '!("type" in f)',
    "r14": '!("physical_type" in f)',
    "r15": '"description" in f && f.description == f.name',
    "r16": '"classification" in f && f.classification == "restricted"'
    ' && !f.tags.exists(t, t == "pii" || t.startsWith("pii."))',
    "r17": "f.unique && !f.required",
    "r18": '"deprecated" in f.tags',
    "r19": "!f.fields.exists(g, g.primary_key)",
    "r20": "f.fields.exists(g, g.name == f.name)",
}

_CONFIDENTIAL_CEDAR: Final = (
    'resource has classification && ["confidential", "restricted"].contains(resource.classification)'
)
_CEDAR: Final = {
    "r01": "!(resource has classification)",
    "r02": f'{_CONFIDENTIAL_CEDAR} && !(resource has masking && resource.masking != "none")',
    "r03": "!resource.is_snake_case",
    "r04": "!(resource has description)",
    "r05": "resource has description && resource.description_length < 10",
    "r06": f"resource.is_pii && !({_CONFIDENTIAL_CEDAR})",
    "r07": "resource.primary_key && !resource.required",
    "r08": "resource.primary_key && !resource.unique",
    "r09": "resource.name_length > 40",
    "r10": 'resource.name like "tmp_*"',
    "r11": 'resource.name like "*_id" && !(resource has type && ["string", "integer"].contains(resource.type))',
    "r12": 'resource.name like "*_at" && !(resource has type && resource.type == "timestamp")',
    "r13": "!(resource has type)",
    "r14": "!(resource has physical_type)",
    "r15": "resource has description && resource.description == resource.name",
    "r16": 'resource has classification && resource.classification == "restricted" && !resource.is_pii',
    "r17": "resource.unique && !resource.required",
    "r18": 'resource.tags.contains("deprecated")',
    "r19": "!resource.has_key",
    "r20": "resource.names.contains(resource.name)",
}
_OF_DATASETS: Final = ("r19", "r20")
_TEXTS: Final = ("classification", "description", "type", "physical_type")


def run(ours: Prepared, repeats: int = 30) -> tuple[list[tuple[str, float, float, float]], tuple[str, ...]]:
    """Rows of (engine, its seconds, ours to decide, ours with the report), medians measured in turn; what is missing."""
    expected = sorted(by_hand(ours.product))
    found, missing = judges(ours.product)
    rows: list[tuple[str, float, float, float]] = []
    for label, judge in found.items():
        assert judge() == expected, f"{label} finds something else"
        deciding, theirs = paired(ours.decide, judge, repeats)
        reporting, _ = paired(ours.report, judge, repeats)
        rows.append((label, theirs, deciding, reporting))
    return rows, missing


def judges(product: Product) -> tuple[dict[str, Judge], tuple[str, ...]]:
    """For each engine that is installed, what judges the document with it; and the packages that are not installed."""
    makers = {"cedarpy": ("cedarpy", _cedar), "regopy": ("regopy", _rego), "cel-python": ("celpy", _cel)}
    document = _document(product)
    found: dict[str, Judge] = {}
    missing: list[str] = []
    for package, (module, make) in makers.items():
        try:
            label = f"{package} {version(package)}"
        except PackageNotFoundError:
            missing.append(package)
        else:
            found[label] = make(import_module(module), document)
    return found, tuple(missing)


def _document(product: Product) -> dict[str, list[dict[str, Any]]]:
    """The product as these engines take it: plain values, and no key for what is not stated."""
    return {
        "fields": [_field(field) for field in product.fields],
        "datasets": [_dataset(dataset) for dataset in product.datasets],
    }


def _field(field: Field) -> dict[str, Any]:
    texts = {name: getattr(field, name) for name in _TEXTS} | {"masking": field.custom.get("masking")}
    stated = {name: value for name, value in texts.items() if value is not None}
    flags = {"required": field.required, "unique": field.unique, "primary_key": field.primary_key}
    return {"path": field.path, "name": field.name, "tags": list(field.tags), **flags, **stated}


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {"path": dataset.name, "name": dataset.name, "fields": [_field(field) for field in dataset.fields]}


def _rego(regopy: Any, document: dict[str, list[dict[str, Any]]]) -> Judge:
    interpreter = regopy.Interpreter()
    interpreter.add_module("bench", _REGO)
    bundle = interpreter.build("data.bench.violations")

    def judge() -> Violations:
        interpreter.set_input(regopy.Input(document))
        output = interpreter.query_bundle(bundle)
        found = json.loads(str(output))["expressions"][0]
        return sorted((rule, path) for rule, path in found)

    return judge


def _cel(celpy: Any, document: dict[str, list[dict[str, Any]]]) -> Judge:
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    programs = {
        rule: environment.program(environment.compile(f"document.filter(f, {condition}).map(f, f.path)"))
        for rule, condition in _CEL.items()
    }

    def judge() -> Violations:
        of_fields, of_datasets = ({"document": celpy.json_to_cel(document[part])} for part in ("fields", "datasets"))
        return sorted(
            (rule, str(path))
            for rule, program in programs.items()
            for path in program.evaluate(of_datasets if rule in _OF_DATASETS else of_fields)
        )

    return judge


def _cedar(cedarpy: Any, document: dict[str, list[dict[str, Any]]]) -> Judge:
    text = "".join(
        f'@id("{rule}")\nforbid (principal, action == Action::"{"dataset" if rule in _OF_DATASETS else "field"}", '
        f"resource) when {{ {condition} }};\n"
        for rule, condition in _CEDAR.items()
    )
    policies = cedarpy.PolicySet.from_str(text)
    entities = json.dumps(
        [
            *(_entity("Field", field["path"], _cedar_field(field)) for field in document["fields"]),
            *(_entity("Dataset", dataset["path"], _cedar_dataset(dataset)) for dataset in document["datasets"]),
        ]
    )
    requests = [
        {"principal": 'User::"ci"', "action": f'Action::"{kind.lower()}"', "resource": f'{kind}::"{part["path"]}"'}
        for kind, parts in (("Field", document["fields"]), ("Dataset", document["datasets"]))
        for part in parts
    ]
    paths = [part["path"] for part in (*document["fields"], *document["datasets"])]

    def judge() -> Violations:
        given = cedarpy.Entities.from_json_str(entities)
        answers = cedarpy.is_authorized_batch(requests, policies, given)
        return sorted(
            (rule, path)
            for path, answer in zip(paths, answers, strict=True)
            for rule in answer.diagnostics.id_annotations_by_reason.values()
        )

    return judge


def _entity(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}


def _cedar_field(field: dict[str, Any]) -> dict[str, Any]:
    computed = {
        "is_snake_case": SNAKE_CASE.search(field["name"]) is not None,
        "is_pii": any(tag == "pii" or tag.startswith("pii.") for tag in field["tags"]),
        "name_length": len(field["name"]),
        "description_length": len(field.get("description", "")),
    }
    return field | computed


def _cedar_dataset(dataset: dict[str, Any]) -> dict[str, Any]:
    fields = dataset["fields"]
    return {
        "name": dataset["name"],
        "names": [field["name"] for field in fields],
        "has_key": any(field["primary_key"] for field in fields),
    }
