"""A case -> what comes of it. Policies are compiled once for all cases that have the same."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from policy_engine.diagnostics import Diagnostic, Level, PolicyTextError, nearest
from policy_engine.engine import DataGiven, Previous, ReadProduct, check
from policy_engine.errors import PolicyEngineError
from policy_engine.evaluation.model import Report
from policy_engine.evaluation.trace import Recorder
from policy_engine.loading import Policies, diagnose_layers
from policy_engine.plan.layer import Layer, LayerFiles, Member, read_layer
from policy_engine.testing.blocks import wrong
from policy_engine.testing.coverage.hear import Coverer
from policy_engine.testing.model import (
    Case,
    Contract,
    Document,
    Found,
    Judged,
    LayerGiven,
    Layers,
    Refused,
    TestFileError,
    Told,
    Written,
)
from policy_engine.testing.overlay import CaseProduct, product_of
from policy_engine.verdict import ENGINE, conclude


@dataclass(frozen=True, slots=True)
class Compiled:
    """The policies of a case, where they have no error, and all diagnostics of their text."""

    policies: Policies | None
    diagnostics: tuple[Diagnostic, ...]


class Runner:
    """Runs cases, and keeps the policies that it has compiled. A `coverer` hears how results come about."""

    def __init__(self, coverer: Coverer | None = None) -> None:
        self._coverer = coverer
        self._compiled: dict[tuple[Layers, date | None], Compiled] = {}

    def compiled(self, layers: Layers, lint_as_of: date | None = None) -> Compiled:
        """The policies of a case, compiled. Raises UsageError where a layer cannot be read."""
        asked = layers, lint_as_of
        if asked not in self._compiled:
            policies, diagnostics = diagnose_layers(
                _files(Layer.GLOBAL, layers.council),
                _files(Layer.DOMAIN, layers.domain),
                _files(Layer.WAIVERS, layers.waivers),
                lint_as_of=lint_as_of,
            )
            self._compiled[asked] = Compiled(policies, tuple(diagnostics))
        return self._compiled[asked]

    def outcome(self, case: Case) -> Found:
        """What comes of a case. Raises TestFileError where it asks for what there is not, and PolicyTextError where
        policies that are not on the page have errors.
        """
        compiled = self.compiled(case.policies, case.options.as_of.date() if case.options.lint else None)
        if compiled.policies is None:
            return _told(case, compiled)
        if case.product is None:
            return Told(compiled.diagnostics)
        try:
            product = product_of(case.product)
            return Judged(judge(case, product, compiled.policies, self._coverer), case.product)
        except TestFileError:
            raise
        except PolicyEngineError as error:
            return Refused(error)


def _told(case: Case, compiled: Compiled) -> Told:
    errors = tuple(one for one in compiled.diagnostics if one.level is Level.ERROR)
    layers = (case.policies.council, case.policies.domain, case.policies.waivers)
    written = {file.name for layer in layers if isinstance(layer, Written) for file in layer.files}
    if all(one.span.source.name in written for one in errors):
        return Told(errors)
    raise PolicyTextError(errors)


def judge(case: Case, product: CaseProduct, policies: Policies, coverer: Coverer | None = None) -> Report:
    """The report on the product of a case, with the results that the case asks about."""
    rules = _asked(case, policies)
    recorder = None if coverer is None else coverer.recorder(case.policies, policies, rules)
    report = evaluated(case, product, policies, recorder)
    if rules is not None:
        results = tuple(one for one in report.results if one.rule in rules or one.rule.startswith(f"{ENGINE}."))
        report = replace(report, results=results, verdict=conclude(results))
    if coverer is not None:
        coverer.finish(case.policies, policies, report)
    return report


def evaluated(case: Case, product: CaseProduct, policies: Policies, recorder: Recorder | None) -> Report:
    """The report on the product of a case, with the results of all rules."""
    previous = case.previous
    before: Previous = (
        product_of(previous, name="previous.yaml").product if isinstance(previous, Contract) else previous
    )
    with _stored(case.data) as given:
        return check(
            ReadProduct(product.product, product.text),
            policies,
            data={name: DataGiven(path, sampled=name in case.options.sampled) for name, path in given},
            previous=before,
            stage=case.options.stage,
            as_of=case.options.as_of,
            earlier=case.earlier,
            recorder=recorder,
        )


def _asked(case: Case, policies: Policies) -> frozenset[str] | None:
    """The rules that the option `of` names; None for all."""
    if not case.options.of:
        return None
    names = [rule.name for rule in policies.plan.rules] + [one.name for one in policies.plan.attributes]
    asked: set[str] = set()
    for beginning in case.options.of:
        found = {name for name in names if name == beginning or name.startswith(f"{beginning}.")}
        if not found:
            known = {".".join(name.split(".")[:end]) for name in names for end in range(1, name.count(".") + 2)}
            near = nearest(beginning, known)
            help_ = f"did you mean `{near}`?" if near else "write the name of a policy or rule, with its package"
            raise wrong(case.file, case.expect.start, f"`of` names `{beginning}`, which does not exist", help_)
        asked |= found
    return frozenset(asked)


def _files(layer: Layer, given: LayerGiven) -> LayerFiles | None:
    if given is None:
        return None
    if isinstance(given, Written):
        members = (Member(one.name.partition("/")[2], Path(one.name), one.content) for one in given.files)
        return LayerFiles(layer, tuple(sorted(members, key=lambda member: member.path)))
    return read_layer(layer, given.roots)


@contextlib.contextmanager
def _stored(data: Sequence[Document]) -> Iterator[list[tuple[str, Path]]]:
    """Data is read from files: they are written into a folder of their own, and called by their names alone."""
    if not data:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for one in data:
            Path(one.name).write_bytes(one.content)
        yield [(Path(one.name).stem, Path(one.name)) for one in data]
