"""The functions of the language: their types, what they are for, an example each. One line to add one.

A signature's parameter may be a type, or a tuple of types of which one must fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_engine.plan.types import (
    BOOL,
    DATE,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    VERSION,
    Entity,
    Optional,
    Sequence,
    Type,
)

PRODUCT: Final = Entity("Product")
DATASET: Final = Entity("Dataset")
FIELD: Final = Entity("Field")
ROW: Final = Entity("Row")
STRINGS: Final = Sequence(STRING)


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters, result, documentation, example. `on_rows`: the scan can compute it from columns."""

    parameters: tuple[Type | tuple[Type, ...], ...]
    result: Type
    doc: str
    example: str
    on_rows: bool = False


FUNCTIONS: Final[Mapping[str, Signature]] = {
    "lower": Signature((STRING,), STRING, "the text in lower case", 'lower("EMail") == "email"', True),
    "upper": Signature((STRING,), STRING, "the text in upper case", 'upper("eu") == "EU"', True),
    "trim": Signature((STRING,), STRING, "the text without blanks around it", 'trim(" a ") == "a"', True),
    "length": Signature((STRING,), INT, "how many characters a text has", 'length("abc") == 3', True),
    "starts_with": Signature(
        (STRING, STRING), BOOL, "does a text begin with another", 'starts_with(field.name, "tmp_")', True
    ),
    "ends_with": Signature(
        (STRING, STRING), BOOL, "does a text end with another", 'ends_with(field.name, "_id")', True
    ),
    "contains": Signature((STRING, STRING), BOOL, "does a text hold another", 'contains(field.name, "mail")', True),
    "split": Signature(
        (STRING, STRING), STRINGS, "the parts of a text between a sign", 'split("a.b", ".") == ["a", "b"]'
    ),
    "words": Signature(
        (STRING,), STRINGS, "the words of a name, lower case", 'words("employeeId") == ["employee", "id"]'
    ),
    "is_snake_case": Signature((STRING,), BOOL, "lower-case words joined by underscores", 'is_snake_case("order_id")'),
    "is_camel_case": Signature((STRING,), BOOL, "words joined by capitals", 'is_camel_case("orderId")'),
    "has_tag": Signature(
        ((PRODUCT, DATASET, FIELD, STRINGS), STRING),
        BOOL,
        "a tag equal to the term, or below it at a dot, in capitals or not",
        'has_tag(field, "pii")',
    ),
    "year": Signature(((DATE, TIMESTAMP),), INT, "the year of a day", "year(now) >= 2026", True),
    "date": Signature((TIMESTAMP,), DATE, "the UTC day of a timestamp", "date(now) >= 2026-01-01", True),
    "age": Signature(((DATE, TIMESTAMP),), DURATION, "how long ago it was", "age(2020-01-01) > 1y"),
    "version": Signature(
        (STRING,),
        Optional(VERSION),
        "a semantic version; of a text written out, always there",
        'version(product.version otherwise "0.1.0") is present',
    ),
    "field": Signature((STRING,), FIELD, "the field with this path or name", 'field("orders.customer_id").required'),
    "dataset": Signature((STRING,), DATASET, "the dataset with this name", 'dataset("orders").row_count > 0'),
    "pii": Signature(
        (FIELD,),
        Sequence(Entity("PiiFinding")),
        "what personal data a field looks like, by its name and its values",
        "count(pii(field)) == 0",
    ),
    "newest": Signature((FIELD,), Optional(TIMESTAMP), "the latest time in a field", "newest(field) is present"),
    "oldest": Signature((FIELD,), Optional(TIMESTAMP), "the earliest time in a field", "oldest(field) is present"),
    "duplicates": Signature(
        (DATASET, STRINGS),
        INT,
        "how many rows repeat a key of these fields that another row has",
        "duplicates(dataset, dataset.primary_key) == 0",
    ),
    "k_anonymity": Signature(
        (DATASET, STRINGS),
        Optional(INT),
        "how many rows share the rarest values of these fields, a null counting as a value; missing of no row",
        'k_anonymity(dataset, ["postcode", "birth_year"]) is present',
    ),
    "orphans": Signature(
        (FIELD, FIELD),
        INT,
        "how many rows hold a value that the other field has nowhere",
        'orphans(field("orders.customer_id"), field("customers.customer_id")) == 0',
    ),
    "promises": Signature(
        (DATASET,),
        Sequence(Entity("Promise")),
        "what the contract promises of a dataset's data, each kept or not",
        "count(p in promises(dataset) where p.is_checkable) > 0",
    ),
    "conforms": Signature(
        (DATASET,),
        BOOL,
        "does the data keep what its contract promises; as a whole requirement, each broken promise is a violation",
        "conforms(dataset)",
    ),
    "lookup": Signature(
        (),
        Optional(Entity("row of the table")),
        "the first row whose first column is the key",
        "lookup(holds, dataset.name) is present",
    ),
}

#: `count(x in xs where c)` and its like: documentation and example.
AGGREGATES: Final[Mapping[str, tuple[str, str]]] = {
    "count": ("how many", "count(f in product.fields where f.required) >= 1"),
    "share": ("which share, exactly; missing of nothing", "share(f in product.fields where f.required) is present"),
    "sum": ("the sum; 0 of nothing", "sum(length(f.name) for f in product.fields) < 1000"),
    "min": ("the least; missing of nothing", "min(length(f.name) for f in product.fields) is present"),
    "max": ("the greatest; missing of nothing", "max(length(f.name) for f in product.fields) is present"),
    "mean": ("the mean, exactly; missing of nothing", "mean(length(f.name) for f in product.fields) is present"),
    "distinct": ("how many different ones", "distinct(f.name for f in product.fields) > 1"),
    "list": ("which ones, in their order", '"id" not in list(f.name for f in product.fields where f.required)'),
}

#: Operators that the scan computes row by row.
ROW_OPERATORS: Final = frozenset(
    {"==", "!=", "<", "<=", ">", ">=", "in", "matches", "+", "-", "*", "/", "negate"}
    | {name for name, signature in FUNCTIONS.items() if signature.on_rows}
)
