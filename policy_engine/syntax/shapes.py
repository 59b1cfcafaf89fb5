"""How every part of the grammar is laid out: expressions break at their loosest operator first, lists after commas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from policy_engine.syntax.concrete import Concrete, Node, Part, first
from policy_engine.syntax.layout import Doc, IfBroken, Line, group, nest, several

_LEAVES: Final = frozenset(
    {"name", "string", "int", "decimal", "percent", "duration", "date", "timestamp", "regex", "true", "false"}
)
_BINARY: Final = frozenset(
    {"either", "both", "comparison", "member_of", "not_member_of", "matches", "otherwise", "sum", "term"}
)
_LOOSE: Final = frozenset({"either", "both"})
#: What is inside breaks first: `count(…) > 0` keeps its `> 0` behind the bracket.
_BRACKETED: Final = frozenset({"call", "group", "list", "set_literal"})
_TIGHT: Final = frozenset({"path", "type", "dot", "minus"})
_NO_SPACE_BEFORE: Final = frozenset({",", ":", ")", "]", "?", "."})
_NO_SPACE_AFTER: Final = frozenset({"(", "[", "."})


class Shapes:
    """The shapes of one text."""

    def __init__(self, text: Concrete) -> None:
        self.text = text

    def line(self, part: Part, flat: str = " ", *, closing: bool = False, hard: bool = False) -> Line:
        """A possible line break before a part; taken where a comment stands."""
        gap = first(part)
        return Line(gap, flat, closing, hard or bool(self.text.gaps[gap].comments))

    def shape(self, part: Part, *, hanging: bool = True) -> Doc:
        """The document of a part. `hanging`: it does not begin its line, so that its further lines stand further right."""
        if isinstance(part, int):
            return self.text.tokens[part]
        if part.kind in _LEAVES:
            return self.text.tokens[part.first]
        if part.kind in _BINARY:
            return self._chain(part, hanging=hanging)
        if part.kind in _TIGHT:
            return several(*(self.shape(one) for one in part.parts))
        shaped: Callable[[Node], Doc] | None = getattr(self, f"_{part.kind}", None)
        return self._plain(part) if shaped is None else shaped(part)

    # ------------------------------------------------------------ expressions

    def _chain(self, node: Node, *, hanging: bool) -> Doc:
        """`a and b and c`: one operand for each line where they do not fit on one."""
        links: list[Doc] = []
        start: Part = node
        while isinstance(start, Node) and start.kind == node.kind:
            start, *operator, right = start.parts
            words = " ".join(self.text.tokens[first(one)] for one in operator)
            stays = node.kind not in _LOOSE and isinstance(start, Node) and start.kind in _BRACKETED
            links[:0] = [" " if stays else self.line(operator[0]), f"{words} ", self.shape(right)]
        rest = several(*links)
        aligned = not hanging and node.kind in _LOOSE
        return group(self.shape(start), rest if aligned else nest(rest))

    def _is_present(self, node: Node) -> Doc:
        operand, *words = node.parts
        return several(self.shape(operand), *(f" {self.text.tokens[first(word)]}" for word in words))

    _is_missing = _is_present

    def _index(self, node: Node) -> Doc:
        return several(*(self.shape(part) for part in node.parts))

    def _if_(self, node: Node) -> Doc:
        clauses: list[Doc] = ["if ", self.shape(node.parts[1])]
        tail: Part = node
        while isinstance(tail, Node) and tail.kind == "if_":
            _, condition, then_, value, else_, otherwise = tail.parts
            clauses += [] if tail is node else [self.shape(condition)]
            clauses += [self.line(then_), "then ", self.shape(value), self.line(else_), "else "]
            tail = otherwise
            clauses += ["if "] if isinstance(tail, Node) and tail.kind == "if_" else [self.shape(tail)]
        return group(nest(*clauses))

    def _every(self, node: Node) -> Doc:
        kind, name, _, items, satisfies, condition = node.parts
        head = several(self.shape(kind), " ", self.shape(name), " in ", self.shape(items), " ", self.shape(satisfies))
        return group(head, nest(self.line(condition), self.shape(condition, hanging=False)))

    _some = _every

    def _negated(self, node: Node) -> Doc:
        return several("not ", self.shape(node.parts[1]))

    def _filtered(self, node: Node) -> Doc:
        items, where, condition = node.parts
        return group(self.shape(items), nest(self.line(where), "where ", self.shape(condition)))

    def _collected(self, node: Node) -> Doc:
        value, for_, name, _, items, *where = node.parts
        docs: list[Doc] = [self.line(for_), "for ", self.shape(name), " in ", self.shape(items)]
        if where:
            docs += [self.line(where[0]), "where ", self.shape(where[1])]
        return group(self.shape(value), nest(*docs))

    def _group(self, node: Node) -> Doc:
        opening, inner, closing = node.parts
        content = nest(self.line(inner, ""), self.shape(inner, hanging=False))
        return group(self.shape(opening), content, self.line(closing, "", closing=True), self.shape(closing))

    def _call(self, node: Node) -> Doc:
        callee, opening, *rest = node.parts
        arguments = rest[0].parts if isinstance(rest[0], Node) and rest[0].kind == "arguments" else rest[:-1]
        return several(self.shape(callee), self._bracketed(opening, self._items(arguments), rest[-1]))

    def _list(self, node: Node) -> Doc:
        opening, *content, closing = node.parts
        items = self._items(content)
        simple = all(isinstance(item, Node) and item.kind in _LEAVES for item in items)
        return self._bracketed(opening, items, closing, filled=simple, comma=",")

    _set_literal = _list

    def _items(self, parts: Sequence[Part]) -> list[Part]:
        """What stands between commas."""
        return [part for part in parts if isinstance(part, Node) or self.text.tokens[part] != ","]

    def _bracketed(
        self,
        opening: Part,
        items: Sequence[Part],
        closing: Part,
        *,
        flat: str = "",
        filled: bool = False,
        comma: str = "",
    ) -> Doc:
        """Items between brackets: on one line, or one for each line (simple ones: as many as fit)."""
        docs: list[Doc] = []
        for number, item in enumerate(items):
            is_last = number + 1 == len(items)
            one: tuple[Doc, ...] = (
                self.line(item, flat if number == 0 else " "),
                self.shape(item, hanging=False),
                (IfBroken(comma) if comma else "") if is_last else ",",
            )
            docs += (
                [group(*one[:2]), one[2]]
                if filled and number and is_last
                else [group(*one)]
                if filled and number
                else one
            )
        return group(self.shape(opening), nest(*docs), self.line(closing, flat, closing=True), self.shape(closing))

    # ------------------------------------------------------------ declarations

    def _typed(self, node: Node) -> Doc:
        name, _, type_ = node.parts
        return several(self.shape(name), ": ", self.shape(type_))

    def _enum(self, node: Node) -> Doc:
        _, name, opening, members, closing = node.parts
        assert isinstance(members, Node)
        head = several("enum ", self.shape(name), " ")
        if members.kind == "unordered":
            return several(head, self._bracketed(opening, self._items(members.parts), closing, flat=" ", comma=","))
        lowest, *rest = members.parts
        docs: list[Doc] = [self.line(lowest), self.shape(lowest)]
        for sign, name in zip(rest[::2], rest[1::2], strict=True):
            docs += [self.line(sign), "< ", self.shape(name)]
        return several(head, group("{", nest(*docs), self.line(closing, closing=True), "}"))

    def _attribute(self, node: Node) -> Doc:
        return self._with_schedule(node)

    def _with_schedule(self, node: Node) -> Doc:
        """What is typed on one line, how it is enforced on the next."""
        at = next((n for n, part in enumerate(node.parts) if self._is_word(part, "enforce")), len(node.parts))
        docs: list[Doc] = [self.words(node.parts[:at])]
        if at < len(node.parts):
            docs.append(nest(self.line(node.parts[at], hard=True), self.words(node.parts[at:])))
        return several(*docs)

    def _let(self, node: Node) -> Doc:
        *head, value = node.parts
        return self._defined(self.words(head), value)

    _set_ = _let

    def _def_(self, node: Node) -> Doc:
        *head, body = node.parts
        return self._defined(self._signature(head), body)

    def _table(self, node: Node) -> Doc:
        return self._signature(node.parts)

    def _signature(self, parts: Sequence[Part]) -> Doc:
        """`def f(a: A, b: B) -> C =`, `table t(a: A) from "…"`: the brackets' content is a list."""
        closing = next(n for n, part in enumerate(parts) if self._is_word(part, ")"))
        word, name, opening, *columns = parts[:closing]
        head = several(self.shape(word), " ", self.shape(name))
        brackets = self._bracketed(opening, self._items(columns), parts[closing])
        return several(head, brackets, " ", self.words(parts[closing + 1 :]))

    def _defined(self, head: Doc, value: Part) -> Doc:
        """`… = value`: a list begins on the same line, anything else on a line of its own where it does not fit."""
        if isinstance(value, Node) and value.kind in {"list", "set_literal"}:
            return several(head, " ", self.shape(value))
        return group(head, nest(self.line(value), self.shape(value, hanging=False)))

    # ------------------------------------------------------------ headers and clauses

    def _listed(self, node: Node) -> Doc:
        """Words, then a list: `control "…", "…"`."""
        start = next(n for n, part in enumerate(node.parts) if isinstance(part, int) and self._is_text(part))
        head, items = self.words(node.parts[:start]), self._items(node.parts[start:])
        docs: list[Doc] = [self.shape(items[0])]
        for item in items[1:]:
            docs += [",", group(self.line(item), self.shape(item))]
        return group(head, " ", nest(*docs))

    _control = _listed
    _applies_to_named = _listed

    def _schedule(self, node: Node) -> Doc:
        docs: list[Doc] = [self.shape(node.parts[0])]
        for _, then, step in zip(node.parts[1::3], node.parts[2::3], node.parts[3::3], strict=True):
            docs += [",", self.line(then), "then ", self.shape(step)]
        return group(nest(*docs))

    def _param(self, node: Node) -> Doc:
        comma = next((n for n, part in enumerate(node.parts) if self._is_word(part, ",")), len(node.parts))
        *head, default = node.parts[:comma]
        docs: list[Doc] = [self.words(head), " ", self.shape(default)]
        if comma < len(node.parts):
            _, domains, may, freedom, *others = node.parts[comma:]
            docs += [",", nest(self.line(domains), self.words((domains, may, freedom)))]
            for or_, other in zip(others[::2], others[1::2], strict=True):
                docs.append(nest(self.line(or_), "or ", self.shape(other)))
        return group(*docs)

    # ------------------------------------------------------------ words

    def _is_word(self, part: Part, word: str) -> bool:
        return isinstance(part, int) and self.text.tokens[part] == word

    def _is_text(self, part: int) -> bool:
        return self.text.kinds[part] == "STRING"

    def words(self, parts: Sequence[Part]) -> Doc:
        """Parts in turn, with blanks as in prose."""
        docs: list[Doc] = []
        before = ""
        for part in parts:
            text = self.text.tokens[first(part)]
            if docs and text not in _NO_SPACE_BEFORE and before not in _NO_SPACE_AFTER:
                docs.append(" ")
            docs.append(self.shape(part))
            before = text if isinstance(part, int) else ""
        return several(*docs)

    def _plain(self, node: Node) -> Doc:
        return self.words(node.parts)
