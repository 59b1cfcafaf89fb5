"""What policies can see is what the model has, name by name."""

from __future__ import annotations

import types
from dataclasses import fields
from typing import Union, get_args, get_origin, get_type_hints

import pytest

from policy_engine.plan import types as language
from policy_engine.product import (
    VOCABULARY,
    Constraints,
    Dataset,
    Definition,
    Field,
    Member,
    Owner,
    Port,
    Product,
    Quality,
    Role,
    Sla,
)

MODELS = {
    "Product": Product,
    "Dataset": Dataset,
    "Field": Field,
    "Constraints": Constraints,
    "Port": Port,
    "Sla": Sla,
    "Owner": Owner,
    "Member": Member,
    "Role": Role,
    "Quality": Quality,
    "Definition": Definition,
}
#: Where something stands is for messages; custom properties are seen through `attribute … from custom`.
NOT_FOR_POLICIES = {"pointer", "pointers", "custom"}
#: Provenance of the file, which the verdict records.
NOT_VISIBLE = {
    "Product": {"file", "format", "digest", "size", "places", "not_understood"},
    "Quality": {"arguments", "bounds"},
}


@pytest.mark.parametrize("entity", MODELS)
def test_policies_see_exactly_the_attributes_of_the_model(entity: str) -> None:
    model = {field.name for field in fields(MODELS[entity])} - NOT_FOR_POLICIES - NOT_VISIBLE.get(entity, set())
    assert {name for name, info in VOCABULARY[entity].items() if not info.from_data} == model


@pytest.mark.parametrize("entity", MODELS)
def test_what_the_model_may_not_have_is_optional_and_what_it_always_has_is_not(entity: str) -> None:
    hints = get_type_hints(MODELS[entity])
    for name, info in VOCABULARY[entity].items():
        if not info.from_data:
            may_be_missing = get_origin(hints[name]) in {Union, types.UnionType} and type(None) in get_args(hints[name])
            assert isinstance(info.type, language.Optional) == may_be_missing, name


@pytest.mark.parametrize("entity", MODELS)
def test_a_sequence_of_the_language_is_a_tuple_of_the_model(entity: str) -> None:
    hints = get_type_hints(MODELS[entity])
    for name, info in VOCABULARY[entity].items():
        if not info.from_data:
            is_tuple = "tuple[" in str(hints[name])
            assert isinstance(language.required(info.type), language.Sequence) == is_tuple, name


def test_every_entity_that_an_attribute_leads_to_is_described_or_is_a_row() -> None:
    for attributes in VOCABULARY.values():
        for info in attributes.values():
            inner = language.required(info.type)
            inner = inner.of if isinstance(inner, language.Sequence) else inner
            if isinstance(inner, language.Entity):
                assert inner.name in {*VOCABULARY, "Row"}


def test_every_attribute_has_one_line_of_documentation() -> None:
    for attributes in VOCABULARY.values():
        for name, info in attributes.items():
            assert info.doc, name
            assert info.doc[0].islower()
            assert not info.doc.endswith(".")


def test_the_scan_answers_exactly_these() -> None:
    answered = {f"{entity}.{name}" for entity, of in VOCABULARY.items() for name, info in of.items() if info.from_data}
    assert answered == {
        "Dataset.rows",
        "Dataset.recent_row_count",
        "Dataset.row_count",
        "Field.values",
        "Field.null_count",
        "Field.null_share",
        "Field.distinct_count",
        "Promise.is_kept",
        "Promise.count",
        "Promise.scanned",
        "Promise.share",
    }
