"""Lark's tree of policies and rules to the syntax tree: clauses in any order, each at most once, none forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lark import Token

from policy_engine.diagnostics import Diagnostic, Label, Span, nearest
from policy_engine.syntax import ast
from policy_engine.syntax.build_expressions import ExpressionBuilder
from policy_engine.verdict import Enforcement, Stage

SEVERITIES: Final = ("low", "medium", "high", "critical")
ROLES: Final = ("council", "domain")


#: Other words for levels of enforcement and severities.
_OTHER_WORDS: Final = {
    **dict.fromkeys(("error", "errors", "fail", "deny", "enforced", "mandatory", "strict", "required"), "block"),
    **dict.fromkeys(("warning", "warnings", "advisory"), "warn"),
    **dict.fromkeys(("info", "log", "audit", "notice"), "inform"),
    **dict.fromkeys(("urgent", "blocker", "severe"), "critical"),
    **dict.fromkeys(("minor", "trivial"), "low"),
    **dict.fromkeys(("moderate", "normal", "middle"), "medium"),
    "major": "high",
}

#: What to do with a clause that stands twice.
_TOGETHER: Final = {
    "when": "join them with `and`",
    "require": "join them with `and`, or make a rule of each, with a message of its own",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One header line of a policy or clause of a rule."""

    keyword: str
    value: Any
    span: Span


def documentation(docs: Sequence[Token | None]) -> str:
    """The text of `##` lines, one paragraph."""
    return " ".join(str(doc).removeprefix("##").strip() for doc in docs if doc is not None)


class PolicyBuilder(ExpressionBuilder):
    """Adds policies and what is in them."""

    def _policy(self, span: Span, name: Token, *parts: Any) -> Callable[[str], ast.Policy]:
        headers = [part for part in parts if isinstance(part, Clause)]
        members = [part for part in parts if part is not None and not isinstance(part, Clause)]
        clauses = self._once(headers, f"policy `{name}`")
        ident = self._ident(name)
        if "owner" not in clauses and not any(span.start <= start < span.end for start, _ in self.cuts):
            self._report(
                "SYN011",
                f"policy `{name}` has no owner",
                ident.span,
                "who answers for it?",
                'add a line such as `owner "privacy-office@acme.example"`',
            )
        return lambda doc: ast.Policy(
            ident,
            clauses.get("owner", ""),
            clauses.get("severity"),
            clauses.get("control", ()),
            clauses.get("enforce"),
            clauses.get("decision"),
            clauses.get("review"),
            clauses.get("waivable"),
            clauses.get("applies"),
            clauses.get("at"),
            clauses.get("formerly"),
            tuple(member for member in members if isinstance(member, ast.Param)),
            tuple(member for member in members if isinstance(member, ast.Rule)),
            doc,
            span,
        )

    def _once(self, clauses: Sequence[Clause], where: str) -> dict[str, Any]:
        found: dict[str, Clause] = {}
        for clause in clauses:
            if clause.keyword in found:
                self.diagnostics.append(
                    Diagnostic(
                        "SYN010",
                        f"{where} has `{clause.keyword}` twice",
                        clause.span,
                        "again here",
                        _TOGETHER.get(clause.keyword, "keep one of them"),
                        (Label(found[clause.keyword].span, "first here"),),
                    )
                )
            found.setdefault(clause.keyword, clause)
        return {keyword: clause.value for keyword, clause in found.items()}

    def _owner(self, span: Span, text: Token) -> Clause:
        return Clause("owner", self._literal("string", text), span)

    def _decision(self, span: Span, text: Token) -> Clause:
        return Clause("decision", self._literal("string", text), span)

    def _review(self, span: Span, day: Token) -> Clause:
        return Clause("review", self._literal("date", day), span)

    def _severity(self, span: Span, name: Token) -> Clause:
        ident = self._choice(name, SEVERITIES, "severity")
        return Clause("severity", ident, span)

    def _choice(self, name: Token, known: Sequence[str], what: str) -> ast.Ident | None:
        ident = self._ident(name)
        if ident.text in known:
            return ident
        near = _OTHER_WORDS.get(ident.text.lower()) or nearest(ident.text, known)
        near = near if near in known else None
        self._report(
            "CHK006",
            f"`{ident.text}` is no {what}",
            ident.span,
            help=f"did you mean `{near}`?" if near else f"one of {', '.join(known)}",
        )
        return None

    def _control(self, span: Span, *texts: Token) -> Clause:
        return Clause("control", tuple(self._literal("string", text) for text in texts), span)

    def _enforce(self, span: Span, schedule: tuple[ast.Step, ...]) -> Clause:
        return Clause("enforce", schedule, span)

    def _schedule(self, _span: Span, *steps: ast.Step | None) -> tuple[ast.Step, ...]:
        return tuple(step for step in steps if step is not None)

    def _step(self, span: Span, name: Token, since: Token | None) -> ast.Step | None:
        ident = self._choice(name, tuple(Enforcement), "enforcement")
        if ident is None:
            return None
        return ast.Step(Enforcement(ident.text), None if since is None else self._literal("date", since), span)

    def _waivable(self, span: Span, *parts: Token) -> Clause:
        *names, longest = parts
        by = tuple(ident for name in names if (ident := self._choice(name, ROLES, "waiving role")))
        return Clause("waivable", ast.Waivable(by, self._literal("duration", longest), span), span)

    def _applies_to_named(self, span: Span, *texts: Token) -> Clause:
        return Clause("applies", ast.Scope(tuple(self._literal("string", text) for text in texts), None, span), span)

    def _applies_where(self, span: Span, condition: ast.Expression) -> Clause:
        return Clause("applies", ast.Scope((), condition, span), span)

    def _at(self, span: Span, name: Token) -> Clause:
        return Clause("at", self._choice(name, tuple(Stage), "stage"), span)

    def _formerly(self, span: Span, path: ast.Ident) -> Clause:
        return Clause("formerly", path, span)

    def _member(self, _span: Span, *parts: Any) -> ast.Param | ast.Rule | None:
        *docs, member = parts
        return member(documentation(docs)) if member is not None else None

    def _param(
        self, span: Span, name: Token, type_: ast.TypeName, default: ast.Expression, *freedoms: ast.Freedom | None
    ) -> Callable[[str], ast.Param]:
        given = tuple(freedom for freedom in freedoms if freedom is not None)
        return lambda doc: ast.Param(self._ident(name), type_, default, given, doc, span)

    def _may_raise(self, span: Span, bound: ast.Expression) -> ast.Freedom:
        return ast.Freedom("raise", bound, span)

    def _may_lower(self, span: Span, bound: ast.Expression) -> ast.Freedom:
        return ast.Freedom("lower", bound, span)

    def _may_choose(self, span: Span, bound: ast.Expression) -> ast.Freedom:
        return ast.Freedom("choose", bound, span)

    # ------------------------------------------------------------ rules

    def _rule(self, span: Span, name: Token, *parts: Clause) -> Callable[[str], ast.Rule] | None:
        loops = tuple(part.value for part in parts if part.keyword == "for")
        clauses = self._once([part for part in parts if part.keyword != "for"], f"rule `{name}`")
        ident = self._ident(name)
        if "require" not in clauses:
            self._report(
                "SYN011",
                f"rule `{name}` requires nothing",
                ident.span,
                "what must hold?",
                "add a line that begins with `require`, such as `require field.classification is present`",
            )
            return None
        return lambda doc: ast.Rule(
            ident,
            loops,
            clauses.get("when"),
            clauses["require"],
            clauses.get("tolerate"),
            clauses.get("message"),
            clauses.get("fix"),
            clauses.get("severity"),
            clauses.get("enforce"),
            clauses.get("at"),
            clauses.get("formerly"),
            doc,
            span,
        )

    def _for_(self, span: Span, name: Token, items: ast.Expression) -> Clause:
        return Clause("for", ast.For(self._ident(name), items), span)

    def _when(self, span: Span, condition: ast.Expression) -> Clause:
        return Clause("when", condition, span)

    def _require(self, span: Span, condition: ast.Expression) -> Clause:
        return Clause("require", condition, span)

    def _tolerate(self, span: Span, share: ast.Expression, noun: Token) -> Clause:
        return Clause("tolerate", ast.Tolerance(share, self._ident(noun), span), span)

    def _message(self, span: Span, text: Token) -> Clause:
        return Clause("message", self._template(text), span)

    def _fix(self, span: Span, text: Token) -> Clause:
        return Clause("fix", self._template(text), span)
