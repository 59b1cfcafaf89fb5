"""The governed thing: a metadata file comes in (ODCS 3.0 or 3.1, YAML or JSON), a `Product` goes out.

Guaranteed: every element knows its line and column; whatever the file states is in the model, in `custom`, in the
documented list of what policies do not see yet, or in `not_understood`; any bytes give a Product or a ProductError that
says where and what to do, in bounded time. `VOCABULARY` is what policies can see of it. Importing this loads no parser.
"""

from __future__ import annotations

from policy_engine.product.model import (
    Constraints,
    Dataset,
    Definition,
    Element,
    Field,
    Member,
    Owner,
    Place,
    Port,
    Product,
    Quality,
    Remark,
    Role,
    Sla,
    Value,
)
from policy_engine.product.read import parse_product, read_product
from policy_engine.product.vocabulary import VOCABULARY, AttributeInfo

__all__ = [
    "VOCABULARY",
    "AttributeInfo",
    "Constraints",
    "Dataset",
    "Definition",
    "Element",
    "Field",
    "Member",
    "Owner",
    "Place",
    "Port",
    "Product",
    "Quality",
    "Remark",
    "Role",
    "Sla",
    "Value",
    "parse_product",
    "read_product",
]
