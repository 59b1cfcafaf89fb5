"""The steps of verification: their order, what each asks, and the code that names it for ever."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class StepName(StrEnum):
    """The steps of verification, in the order in which they run. The names are stable."""

    LIMITS = "limits"
    JSON = "json"
    CANONICAL = "canonical"
    ENVELOPE = "envelope"
    PAYLOAD_TYPE = "payload_type"
    KEY = "key"
    SIGNATURE = "signature"
    PAYLOAD = "payload"
    PREDICATE_TYPE = "predicate_type"
    STATEMENT = "statement"
    PRODUCT = "product"
    RESOURCE = "resource"
    SIGNER = "signer"
    WINDOW = "window"
    DATA = "data"
    GLOBAL = "global"
    LOCAL = "local"
    RESULTS = "results"
    PREVIOUS = "previous"
    WAIVERS = "waivers"
    TIME = "time"
    LOG = "log"
    TRUST = "trust"
    REPLAY = "replay"


#: What each step asks, in its order. A step's code is ATT and its number; neither is used again for something else.
STEPS: Final[dict[StepName, str]] = {
    StepName.LIMITS: "is the file small and shallow enough to be an attestation",
    StepName.JSON: "is it JSON that every reader understands alike",
    StepName.CANONICAL: "is it written in the one canonical form, byte for byte",
    StepName.ENVELOPE: "is it a DSSE envelope with exactly one signature and nothing else",
    StepName.PAYLOAD_TYPE: "does it say that it holds an in-toto statement",
    StepName.KEY: "is the signing key in the keyring that the verifier brought",
    StepName.SIGNATURE: "does the signature fit these very bytes",
    StepName.PAYLOAD: "are the signed bytes canonical JSON",
    StepName.PREDICATE_TYPE: "do they state an evaluation, and nothing else",
    StepName.STATEMENT: "is every member there and well-formed, and do the subjects agree with the predicate",
    StepName.PRODUCT: "is the contract the one that was judged",
    StepName.RESOURCE: "does the statement name the product that the contract describes",
    StepName.SIGNER: "may this key speak for this domain",
    StepName.WINDOW: "was the key in its time when it signed",
    StepName.DATA: "is the data the data that was read",
    StepName.GLOBAL: "are the council's policies those that were applied",
    StepName.LOCAL: "are the domain's policies those that were applied",
    StepName.RESULTS: "do counts and verdict follow from the results of the rules",
    StepName.PREVIOUS: "is the earlier contract the one compared with",
    StepName.WAIVERS: "is every waiver in force on that day, and are the files of waivers those that were applied",
    StepName.TIME: "does somebody else confirm when it was signed",
    StepName.LOG: "is it in the public log",
    StepName.TRUST: "was the key entrusted to the signer by the federation's root",
    StepName.REPLAY: "does evaluating again give the same results",
}

CODES: Final[dict[StepName, str]] = {step: f"ATT{number:03}" for number, step in enumerate(STEPS, start=1)}
