"""A policy and a contract that the tests of several commands use."""

from __future__ import annotations

POLICY = """package council.rules
## Fields are described.
policy documentation
  owner "council@example.org"
{
  ## Every field says what it means.
  rule described
    for field in product.fields
    require field.description is present
    message "{field.path} is not described"
    fix "description: what it means"
  ## No field is empty.
  rule filled
    for field in product.fields
    require field.null_count == 0
    message "{field.path} has {field.null_count} missing values"
}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: shop.orders
version: 1.0.0
status: active
name: Orders
schema:
- name: orders
  properties:
  - name: id
    logicalType: string
{description}
"""
DESCRIBED = "    description: the number of the order"
