"""What is signed: an in-toto Statement v1 whose predicate is one evaluation of one product. Exact members, no floats."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from policy_engine.attestation.envelope import read_canonical, refuse
from policy_engine.attestation.steps import StepName
from policy_engine.plan.layer import Layer
from policy_engine.verdict import Enforcement, Outcome, Stage, Verdict

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
#: Names, not pages: each stands for one format for ever, and a changed format gets another one. Both are read.
PREDICATE_TYPE: Final = "https://policy-engine.example/attestations/evaluation/v2"
PREDICATE_V1: Final = "https://policy-engine.example/attestations/evaluation/v1"
ENGINE: Final = "policy-engine"
#: Beyond this many files the members of a layer are left out, and only the layer's digest stands for them.
MAX_MEMBERS: Final = 500
MAX_RULES: Final = 20_000
MAX_DATASETS: Final = 1000
MAX_WAIVERS: Final = 20_000


def _existing(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _ruling(layer: Layer) -> Layer:
    if layer is Layer.WAIVERS:
        raise ValueError("waivers hold no rules")
    return layer


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("is true or is not there")
    return value


Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
#: Names that hold three texts with every byte as `%XX`.
Name = Annotated[str, Field(min_length=1, max_length=80_000)]
Number = Annotated[int, Field(ge=0, lt=2**53)]
Time = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"), AfterValidator(_existing)
]


class _Exact(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=to_camel)


#: Days are compared as text, which orders them as they are.
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_existing)]


class DigestSet(_Exact):
    """in-toto's DigestSet with the one algorithm that is accepted."""

    sha256: Hex


class Subject(_Exact):
    """Something that the statement is about, by name and digest."""

    name: Name
    digest: DigestSet


class ProductJudged(_Exact):
    """The contract that was judged, by what it says of itself and by the digest of its bytes."""

    id: Text
    name: Text | None
    version: Text | None
    domain: Text | None
    digest: DigestSet

    @property
    def subject(self) -> str:
        """`domain/id@version`, each part percent-encoded; no domain and no `/`, or nothing after `@`, if unstated.

        The one `@` is always there, so that no two products and no dataset have the same name.
        """
        domain = f"{_encoded(self.domain)}/" if self.domain is not None else ""
        return f"{domain}{_encoded(self.id)}@{_encoded(self.version or '')}"

    @property
    def uri(self) -> str:
        """`mesh:domain/id/version`, each part percent-encoded, an unstated one empty."""
        return "mesh:" + "/".join(_encoded(part or "") for part in (self.domain, self.id, self.version))


class MemberUsed(_Exact):
    """One file of a layer."""

    path: Text
    sha256: Hex
    size: Number


class LayerUsed(_Exact):
    """One layer of policies; `members` is None where there were too many to list."""

    digest: DigestSet
    members: Annotated[tuple[MemberUsed, ...], Field(max_length=MAX_MEMBERS)] | None


class Policies(_Exact):
    """The policies and the council's waivers that were applied; None for a layer that was not there."""

    global_: Annotated[LayerUsed | None, Field(alias="global")]
    local: LayerUsed | None
    waivers: LayerUsed | None = None
    effective: DigestSet


class Engine(_Exact):
    """What evaluated."""

    id: Text
    version: Text
    language: Text


class Parameters(_Exact):
    """The inputs that are no file. `as_of` is the `now` of the policies."""

    as_of: Time


class DatasetUsed(_Exact):
    """What was read of one dataset: how much and its digest, never a value."""

    dataset: Text
    digest: DigestSet
    format: Text
    files: Number
    bytes: Number
    sampled: bool

    @property
    def subject(self) -> str:
        """`data/dataset`, percent-encoded: never with the `@` that every product has."""
        return dataset_subject(self.dataset)


class First(_Exact):
    """In the place of an earlier contract: there is none, the signer says."""

    # a `Literal[True]` would take 1 as well
    first: Annotated[bool, AfterValidator(_true)]


class RowCount(_Exact):
    """How many rows one dataset has."""

    dataset: Text
    rows: Number


class EarlierUsed(_Exact):
    """An attestation that this evaluation relied on; `key` is the id of the key that verified it, None where none did."""

    digest: DigestSet
    key: Hex | None


class Metrics(_Exact):
    """What was counted, for the next version to be compared with, and what this version was compared with."""

    row_counts: Annotated[tuple[RowCount, ...], Field(max_length=MAX_DATASETS)]
    earlier: Annotated[tuple[EarlierUsed, ...], Field(max_length=MAX_DATASETS)]


class RuleFound(_Exact):
    """One effective rule and what came of it: counts, never a message."""

    rule: Text
    layer: Annotated[Layer, AfterValidator(_ruling)]
    enforcement: Enforcement
    outcome: Outcome
    subjects: Number
    violations: Number


class RuleWaived(_Exact):
    """A rule, and how many of its violations one waiver excuses; they are not among those of its result."""

    rule: Text
    violations: Annotated[int, Field(ge=1, lt=2**53)]


class WaiverUsed(_Exact):
    """A waiver that took effect."""

    name: Text
    granted_by: Literal["council", "domain"]
    granted: Day
    until: Day
    because: Text
    approved_by: Text
    waived: Annotated[tuple[RuleWaived, ...], Field(min_length=1, max_length=MAX_RULES)]


class Counts(BaseModel):
    """How many rules have each outcome."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    # `pass` is a keyword of Python
    pass_: Annotated[Number, Field(alias="pass")]
    fail: Number
    waived: Number
    not_applicable: Number
    indeterminate: Number
    due_later: Number


class Evaluation(_Exact):
    """The predicate. `metrics` and `waivers` came with its second version."""

    resource_uri: Name
    product: ProductJudged
    stage: Stage
    policies: Policies
    engine: Engine
    parameters: Parameters
    data: Annotated[tuple[DatasetUsed, ...], Field(max_length=MAX_DATASETS)]
    metrics: Metrics | None = None
    previous: DigestSet | First | None
    results: Annotated[tuple[RuleFound, ...], Field(max_length=MAX_RULES)]
    waivers: Annotated[tuple[WaiverUsed, ...], Field(max_length=MAX_WAIVERS)] | None = None
    counts: Counts
    verdict: Verdict
    time_evaluated: Time


class Statement(_Exact):
    """The whole of what is signed."""

    type_: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: tuple[Subject, ...]
    predicate_type: Literal[
        "https://policy-engine.example/attestations/evaluation/v1",
        "https://policy-engine.example/attestations/evaluation/v2",
    ]
    predicate: Evaluation


def read_statement(payload: bytes) -> Statement:
    """The statement in exactly these bytes. Raises VerificationError with the code of the step that refuses."""
    document = read_canonical(payload, StepName.PAYLOAD, StepName.PAYLOAD, StepName.PAYLOAD)
    if not isinstance(document, dict):
        refuse(StepName.PREDICATE_TYPE, "the payload is no statement")
    for member, expected in (("_type", (STATEMENT_TYPE,)), ("predicateType", (PREDICATE_TYPE, PREDICATE_V1))):
        found = document.get(member)
        if found not in expected:
            refuse(StepName.PREDICATE_TYPE, f"`{member}` is {_shown(found)}, not `{expected[0]}`")
    try:
        # the bytes that were signed, not a copy made of what was read above
        statement = Statement.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        refuse(StepName.STATEMENT, f"{place}: {first['msg'].lower()}")
    _check_version(statement)
    _check_subjects(statement)
    return statement


def time_of(text: str) -> datetime:
    """The moment that a `Time` names."""
    return datetime.fromisoformat(text)


def dataset_subject(dataset: str) -> str:
    """The name of a dataset among the subjects."""
    return f"data/{_encoded(dataset)}"


def _encoded(part: str) -> str:
    return quote(part, safe="")


def _check_version(statement: Statement) -> None:
    """Each version of the format has its own members, and all of them."""
    metrics = statement.predicate.metrics
    if statement.predicate_type == PREDICATE_V1:
        for name in sorted(_later(statement.predicate)):
            refuse(StepName.STATEMENT, f"{name}: this version of the predicate has no such member")
        return
    for name in sorted(_LATER - _later(statement.predicate)):
        refuse(StepName.STATEMENT, f"{name}: the member is not there")
    if metrics is None or statement.predicate.waivers is None:
        refuse(StepName.STATEMENT, "predicate: what is counted and what is waived is not there")
    counted = [one.dataset for one in metrics.row_counts]
    whole = {used.dataset for used in statement.predicate.data if not used.sampled}
    if counted != sorted(set(counted)) or not whole.issuperset(counted):
        refuse(StepName.STATEMENT, "predicate.metrics: the rows counted are not each of a dataset read whole, in order")


#: The members that came with the second version.
_LATER: Final = frozenset({"predicate.metrics", "predicate.waivers", "predicate.policies.waivers"})


def _later(predicate: Evaluation) -> frozenset[str]:
    """Which of them are there."""
    present = {f"predicate.{name}" for name in predicate.model_fields_set}
    present |= {f"predicate.policies.{name}" for name in predicate.policies.model_fields_set}
    return _LATER & present


def _check_subjects(statement: Statement) -> None:
    predicate = statement.predicate
    datasets = [used.dataset for used in predicate.data]
    if datasets != sorted(set(datasets)):
        refuse(StepName.STATEMENT, "the datasets are not each there once, in order")
    expected = [(predicate.product.subject, predicate.product.digest)]
    expected += [(used.subject, used.digest) for used in predicate.data]
    if [(subject.name, subject.digest) for subject in statement.subject] != expected:
        refuse(StepName.STATEMENT, "the subjects are not the product and the datasets that the predicate speaks of")


def _shown(found: object) -> str:
    return f"`{found[:200]}`" if isinstance(found, str) else "not stated as text"
