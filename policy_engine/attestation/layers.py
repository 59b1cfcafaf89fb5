"""The step of one layer of policies: are the files given those that were applied, and if not, which one differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policy_engine.attestation.model import Status, Step
from policy_engine.attestation.statement import LayerUsed, MemberUsed
from policy_engine.attestation.steps import StepName
from policy_engine.plan.canonical import canonical, digest

if TYPE_CHECKING:
    from policy_engine.plan.layer import LayerFiles

_SHOWN = 5


def check_layer(name: StepName, used: LayerUsed | None, given: LayerFiles | None, *, is_required: bool) -> Step:
    """`name` says which layer. A layer that the attestation lists wrongly fails whether or not files were given."""
    what = "waivers" if name is StepName.WAIVERS else f"{name} policies"
    if used is None:
        return _without(name, given, is_required=is_required)
    attested = used.digest.sha256
    if used.members is not None and _digest(used.members) != attested:
        return Step(
            name, Status.FAIL, f"the list of policy files does not have the digest {attested[:12]} stated for it"
        )
    if given is None:
        reason = f"the {what} were not given; those applied have digest {attested[:12]}"
        return Step(name, Status.NOT_CHECKED, reason, is_required=is_required)
    if given.digest != attested:
        differing = "; ".join(_differences(used.members, given)) if used.members is not None else ""
        reason = f"the {what} given have digest {given.digest[:12]}, those applied {attested[:12]}"
        return Step(name, Status.FAIL, f"{reason}: {differing}" if differing else reason)
    count = len(given.members)
    reason = f"the {what} given are those applied, {count} {'file' if count == 1 else 'files'}, digest {attested[:12]}"
    return Step(name, Status.PASS, reason)


def _without(name: StepName, given: LayerFiles | None, *, is_required: bool) -> Step:
    what = "waivers" if name is StepName.WAIVERS else f"{name} policies"
    if given is not None:
        reason = f"{what} were given, digest {given.digest[:12]}, but none were applied"
        return Step(name, Status.FAIL, reason)
    return Step(name, Status.NOT_CHECKED, f"no {what} were applied", is_required=is_required)


def _digest(members: tuple[MemberUsed, ...]) -> str:
    # as LayerFiles.digest: the canonical list of path, digest and size
    return digest(canonical([member.model_dump() for member in members]))


def _differences(attested: tuple[MemberUsed, ...], given: LayerFiles) -> Iterator[str]:
    before = {member.path: member.sha256 for member in attested}
    now = {member.path: digest(member.content) for member in given.members}
    changed = sorted(path for path in before.keys() & now.keys() if before[path] != now[path])
    for what, paths in (
        ("changed", changed),
        ("missing", sorted(before.keys() - now.keys())),
        ("added", sorted(now.keys() - before.keys())),
    ):
        if paths:
            more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
            yield f"{what} " + ", ".join(f"`{path}`" for path in paths[:_SHOWN]) + more
