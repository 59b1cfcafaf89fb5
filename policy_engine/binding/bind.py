"""The names of one rule against one contract: datasets and fields written out, and the columns of their rows.

What a rule loops over (`for dataset in product.datasets`) differs from product to product and is left to evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_engine.binding.columns import column_misfits
from policy_engine.binding.model import Misfit, There
from policy_engine.diagnostics import nearest
from policy_engine.plan.expressions import Ask, Call, Const, Expr
from policy_engine.plan.model import RulePlan
from policy_engine.plan.walk import walk
from policy_engine.product.model import Dataset, Field, Product

_SHOWN = 5


def bind(rule: RulePlan, product: Product) -> tuple[Misfit, ...]:
    """Everything that the rule names and that this contract lacks or types otherwise, each once."""
    wholes = [rule.scope, *(items for _, items in rule.loops), rule.when, rule.require]
    found: dict[Misfit, None] = {}
    for part in (part for whole in wholes if whole is not None for part in walk(whole)):
        found.update(dict.fromkeys(_misfits(part, product)))
    return tuple(found)


def _misfits(part: Expr, product: Product) -> Iterator[Misfit]:
    match part:
        case Call(function="dataset", args=(Const(value=str() as name),)):
            yield from _unknown_dataset(name, product)
        case Call(function="field", args=(Const(value=str() as name),)):
            yield from _unknown_field(name, product)
        case Ask(subject=subject):
            of = _subject(subject, product)
            if of is not None:
                yield from column_misfits(part, of, product)
        case _:
            pass


def _subject(subject: Expr, product: Product) -> Dataset | Field | None:
    """The dataset or field that a question is about, where the rule writes its name out."""
    match subject:
        case Call(function="dataset", args=(Const(value=str() as name),)):
            return _dataset(name, product)
        case Call(function="field", args=(Const(value=str() as name),)):
            fields = _fields(name, product)
            return fields[0] if len(fields) == 1 else None
        case _:
            return None


def _dataset(name: str, product: Product) -> Dataset | None:
    by_name = (one for one in product.datasets if one.name == name)
    by_physical_name = (one for one in product.datasets if one.physical_name == name)
    return next(by_name, None) or next(by_physical_name, None)


def _fields(path: str, product: Product) -> list[Field]:
    exact = [field for field in product.fields if field.path == path]
    return exact[:1] or [field for field in product.fields if field.name == path]


def _unknown_dataset(name: str, product: Product) -> Iterator[Misfit]:
    if _dataset(name, product) is not None:
        return
    known = [one.name for one in product.datasets]
    help_ = (
        _meant(nearest(name, known), "dataset") or "add it to the contract, or say to which products the policy applies"
    )
    there = There("/schema", f"datasets here: {_listed(known)}")
    yield Misfit("BND001", "dataset", name, f"this product has no dataset `{name}`", "", help_, (there,))


def _unknown_field(path: str, product: Product) -> Iterator[Misfit]:
    found = _fields(path, product)
    if len(found) == 1:
        return
    if found:
        there = tuple(There(field.pointer, f"`{field.path}`") for field in found[:_SHOWN])
        help_ = f"write its path, such as `{found[0].path}`"
        message = f"several fields of this product are called `{path}`"
        yield Misfit("BND003", "field", path, message, "", help_, there)
        return
    dataset = _dataset(path.partition(".")[0], product)
    near = _near(path, dataset, product)
    place = (
        There("/schema", f"datasets here: {_listed([one.name for one in product.datasets])}")
        if dataset is None
        else There(dataset.pointer, f"`{dataset.name}` has {_listed([field.name for field in dataset.fields])}")
    )
    help_ = _meant(near, "field") or "add it to the contract, or say to which products the policy applies"
    yield Misfit("BND002", "field", path, f"this product has no field `{path}`", "", help_, (place,))


def _near(path: str, dataset: Dataset | None, product: Product) -> str | None:
    """The path that was probably meant: inside the dataset that is named, where it is one."""
    if dataset is None:
        return nearest(path, [one.path for one in product.fields]) or nearest(
            path, [one.name for one in product.fields]
        )
    found = nearest(path.partition(".")[2], [field.path.removeprefix(f"{dataset.name}.") for field in dataset.fields])
    return None if found is None else f"{dataset.name}.{found}"


def _meant(near: str | None, function: str) -> str:
    return f'did you mean `{function}("{near}")`?' if near else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN]) or "none"
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
