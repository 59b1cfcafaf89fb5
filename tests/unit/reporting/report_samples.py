"""A run with everything in it that a report can say, and names that try to break out of every format."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from policy_engine import engine
from policy_engine.loading import load_policies
from policy_engine.reporting.run import Refused, Run

#: In a contract's names: ends of XML and HTML, commands of GitHub, tables, mentions, controls, and text that runs backwards.
HOSTILE: Final = "a]]><script>alert(1)</script>|%0A::error::b##[error]`c`@team #1\\n::error file=x::d\\u202e\\e[31m\\u0000--> http://e.vil"
POLICIES: Final = """package council.rules
## Fields say what they mean. They end with `]]>` | or <b>.
policy documentation
  owner "council@example.org"
  control "ISO27001:A.5.9"
  severity high
  waivable by council for at most 90d
{
  ## Every field says *what* it means.
  rule described
    for field in product.fields
    require field.description is present
    message "{field.path} is not described"
    fix "description: what it means"
  ## No field is empty.
  rule filled
    for field in product.fields
    require field.null_count == 0
}
## Classes come later.
policy classes
  owner "privacy@example.org"
  enforce warn, then block from 2027-01-01
{
  rule classified
    for field in product.fields
    require field.classification is present
    message "{field.path} has no class"
    fix "classification: internal\\ntags: [pii]"
}
policy tips
  owner "council@example.org"
  enforce inform
{
  rule named
    require product.domain is present
    message "no domain"
}
policy history
  owner "council@example.org"
{
  rule kept
    for change in changes
    require change.kind != "field_removed"
}
"""
WAIVERS: Final = """package council.waivers
waiver W1
  of council.rules.documentation.described
  for product "shop.orders" where field.path == "orders.old"
  granted 2026-11-01
  until 2026-12-31
  because "goes away, <i>soon</i> @team"
  approved by "council | board"
"""
ORDERS: Final = f"""apiVersion: v3.1.0
kind: DataContract
id: shop.orders
version: 1.0.0
status: active
name: "{HOSTILE}"
schema:
- name: orders
  properties:
  - name: id
    logicalType: string
  - name: old
    logicalType: string
    classification: internal
  - name: "{HOSTILE}"
    logicalType: string
"""
GOOD: Final = """apiVersion: v3.1.0
kind: DataContract
id: shop.good
version: 2.0.0
status: active
name: Good
domain: sales
schema:
- name: good
  properties:
  - {name: id, logicalType: string, description: The number of it., classification: internal}
"""
REFUSED: Final = Refused("contracts/c <broken>.odcs.yaml", "PRD001", "line 3: ]]> ::error::\x1b no YAML", "mend\nit")


def sample(folder: Path, *, orders: str = ORDERS) -> Run:
    """Two products and a file that could not be read. The current folder has to be `folder`."""
    files = {
        "policies/rules.policy": POLICIES,
        "waivers/w.policy": WAIVERS,
        "contracts/a orders%.odcs.yaml": orders,
        "contracts/b.odcs.yaml": GOOD,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    policies = load_policies((Path("policies"),), (), (Path("waivers"),))
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    return Run(
        (
            engine.check(Path("contracts/a orders%.odcs.yaml"), policies, as_of=moment),
            engine.check(Path("contracts/b.odcs.yaml"), policies, as_of=moment, previous="none"),
        ),
        (REFUSED,),
    )
