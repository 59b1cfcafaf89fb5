"""The reference page says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from policy_engine.attestation import CODES, STEPS
from policy_engine.attestation.envelope import PAYLOAD_TYPE
from policy_engine.attestation.statement import PREDICATE_TYPE, STATEMENT_TYPE, Evaluation
from policy_engine.trust.codes import CODES as TRUST_CODES
from policy_engine.trust.keyring_json import parse_keyring

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "attestation.md").read_text(encoding="utf-8")


def test_every_step_is_in_the_table_in_order() -> None:
    rows = re.findall(r"^\| (ATT\d{3}) \| `(\w+)` \| (.*)\? \|$", PAGE, re.MULTILINE)
    assert rows == [(CODES[name], name.value, question) for name, question in STEPS.items()]


def test_every_code_of_keys_is_in_the_table() -> None:
    assert re.findall(r"^\| (TRU\d{3}) \| (.*) \|$", PAGE, re.MULTILINE) == list(TRUST_CODES.items())


def test_the_names_of_types_are_those_of_the_code() -> None:
    for name in (PAYLOAD_TYPE, STATEMENT_TYPE, PREDICATE_TYPE):
        assert f"`{name}`" in PAGE


def test_every_member_of_the_evaluation_is_described() -> None:
    for field in Evaluation.model_fields.values():
        assert re.search(rf"`{field.alias}[`.]", PAGE), field.alias


def test_the_keyring_shown_is_one() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (entry,) = parse_keyring(block.encode(), "page").entries
    assert (entry.name, entry.domain) == ("finance attester", "finance")
