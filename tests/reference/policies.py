"""Policies as text, for hypothesis: every construct of the language over the vocabulary of metadata and over rows.

An expression is written by its type and by what is in scope: names of loop variables to what they stand for. Options
stand from simple to involved, so that what fails shrinks to what is simple.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st

Scope = Mapping[str, str]
T = TypeVar("T")

TABLES = {"levels.csv": b"key,level\norders,3\nb,\nname,1\n"}
PRELUDE = """package test.global

enum Class { public < internal < confidential }
enum Mask { none, hash }
attribute field.classification: Class?
attribute field.masking: Mask? from custom "masking"
attribute field.weight: Decimal? from custom "weight"
attribute field.steps: Int from custom "steps"
attribute dataset.kept: Duration? from custom "kept"
attribute product.born: Date? from custom "born"
attribute product.release: Version? from custom "release"
attribute field.codes: List<Int>? from custom "codes"
attribute field.levels: List<Class>? from custom "levels"
attribute field.checked: Bool? from custom "checked"
attribute dataset.since: Timestamp? from custom "since"
let limit = 3
let most = 99.5%
let word = /^[a-z]+$/
let owned = product.name is present
def long(t: String) -> Bool = length(t) > 4
def twice(n: Int) -> Int = n + n
def said(f: Field) -> Bool = f.type is present
def short(t: String?) -> Bool = t is missing or length(t) < 6
def near(d: Decimal) -> Bool = d * 2 < 3.5 and not d < -1
table levels(key: String, level: Int?) from "levels.csv"
"""
_SHARES = ["0%", "10%", "25%", "33.3%", "50%", "99.5%", "100%"]
_ORDERED_TEXTS = ["3", '"a"', '""']
_NUMBERS = ["orders.amount", "orders.id", "orders.price"]
_TEXTS = ["orders.name", "items.sku"]


class Author:
    """Writes expressions, deciding by what hypothesis draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def number(self, most: int) -> int:
        return self.draw(st.integers(0, most))

    def of(self, options: Sequence[T]) -> T:
        return options[self.number(len(options) - 1)]

    def one(self, *ways: Callable[[], str]) -> str:
        return self.of(ways)()

    def compare(self) -> str:
        return self.of(["==", "!=", "<", "<=", ">", ">="])

    # ------------------------------------------------------------ values of metadata

    def entity(self, scope: Scope, kind: str) -> str:
        """A field or a dataset."""
        bound = [name for name, one in scope.items() if one == kind]
        if bound and self.number(4) < 4:
            return self.of(bound)
        if kind == "Field":
            path = self.of(["orders.amount", "orders.id", "name", "items.sku", "id", "nope"])
            return f'field("{path}")'
        return f'dataset("{self.of(["orders", "items", "t_items", "nope"])}")'

    def fields(self, scope: Scope) -> str:
        """A list of fields."""
        bound = [f"{name}.fields" for name, one in scope.items() if one == "Dataset"]
        return self.of(["product.fields", *bound, 'dataset("orders").fields'])

    def string(self, scope: Scope) -> str:
        """A String."""
        texts = ['""', '"a"', '"orders"', '"name"', '"é"', '"日本"', '"a b"', '"pii"', "product.id"]
        texts += ['"e\u0301"', '"𐍈"', '"שלום"', '"ẞ"', '"İ"', '"\\n\\t"', '"aA_1"']
        texts += ['(product.name otherwise "none")']
        for name, kind in scope.items():
            texts += {"Field": [f"{name}.name", f"{name}.path", f'({name}.type otherwise "?")'], "String": [name]}.get(
                kind, [f"{name}.name"]
            )
        text = self.of(texts)
        return self.of(
            [text, text, text, f"lower({text})", f"upper({text})", f"trim({text})", f'({text} + "a")', *_PIECES]
        ).replace("@@", text)

    def integer(self, scope: Scope, depth: int) -> str:
        """An Int."""
        low = depth - 1
        name, inner = f"q{len(scope)}", {**scope, f"q{len(scope)}": "Field"}
        leaves = (
            lambda: self.of(["0", "1", "2", "limit", "(-1)", "5", "999999999999999999999999999999"]),
            lambda: f"length({self.string(scope)})",
        )
        deeper = (
            lambda: f"({self.integer(scope, low)} {self.of('+-*')} {self.integer(scope, low)})",
            lambda: f"twice({self.integer(scope, low)})",
            lambda: f"{self.entity(scope, 'Field')}.steps",
            lambda: f"({self.entity(scope, 'Field')}.constraints.max_length otherwise {self.integer(scope, 0)})",
            lambda: f"count({name} in {self.fields(scope)} where {self.boolean(inner, low)})",
            lambda: f"sum(length({name}.name) for {name} in {self.fields(scope)} where {self.boolean(inner, low)})",
            lambda: f"(max(length({name}.name) for {name} in {self.fields(scope)}) otherwise 0)",
            lambda: f'distinct({name}.type otherwise "" for {name} in {self.fields(scope)})',
            lambda: self.of(
                ["count(product.tags)", "count(changes)", "count(chg in changes where chg.breaks_consumers)"]
            ),
            lambda: f"{self.entity(scope, 'Field')}.null_count",
            lambda: f"{self.entity(scope, 'Dataset')}.row_count",
            lambda: f"count(r in {self.entity(scope, 'Dataset')}.rows where {self.row('r', low, scope)})",
            lambda: f"-{self.integer(scope, 0)}",
            lambda: f"year({self.of([self.day(scope), self.moment(scope)])})",
            lambda: f"count({name} in {self.string_list(scope)} where {self.boolean({**scope, name: 'String'}, 0)})",
            lambda: f"sum(code for code in ({self.entity(scope, 'Field')}.codes otherwise [1, 2]))",
            lambda: f"distinct(piece for piece in {self.string_list(scope)})",
            lambda: f"(if {self.boolean(scope, low)} then {self.integer(scope, 0)} else {self.integer(scope, low)})",
        )
        return self.one(*leaves, *(deeper if depth > 0 else ()))

    def decimal(self, scope: Scope, depth: int) -> str:
        """A Decimal."""
        low = depth - 1
        name, inner = f"q{len(scope)}", {**scope, f"q{len(scope)}": "Field"}
        rows = f"{self.entity(scope, 'Dataset')}.rows"
        leaves = (lambda: self.of(["0.5", "2.25", "most", "min", "(1 / 3)", *_EDGES, *_SHARES]),)
        deeper = (
            lambda: f"({self.integer(scope, low)} / {self.integer(scope, low)})",
            lambda: f"({self.decimal(scope, low)} {self.of('+-*')} {self.decimal(scope, 0)})",
            lambda: f"({self.entity(scope, 'Field')}.weight otherwise {self.decimal(scope, 0)})",
            lambda: f"(share({name} in {self.fields(scope)} where {self.boolean(inner, low)}) otherwise 0)",
            lambda: f"(mean(length({name}.name) for {name} in {self.fields(scope)}) otherwise 0)",
            lambda: f"({self.entity(scope, 'Field')}.null_share otherwise 0)",
            lambda: f"(share(v in {self.values(_TEXTS)} where {self.text_value('v')}) otherwise 1)",
            lambda: f"(share(r in {rows} where {self.row('r', 0, scope)}) otherwise 1)",
        )
        return self.one(*leaves, *(deeper if depth > 0 else ()))

    def duration(self, scope: Scope) -> str:
        """A Duration."""
        plain = self.of(["1y", "12mo", "365d", "30d", "1mo", "24h", "0d", "7y", "2629746s", "9999y", "1s"])
        return self.one(
            lambda: plain,
            lambda: f"({self.entity(scope, 'Dataset')}.kept otherwise {plain})",
            lambda: f"age({self.moment(scope)})",
            lambda: f"({plain} {self.of('+-')} {self.of(['1mo', '30d', '1h'])})",
            lambda: f"({plain} * 3)",
        )

    def moment(self, scope: Scope) -> str:
        """A Timestamp."""
        plain = self.of(["now", "2026-06-15T12:00Z", "2024-02-29T00:00Z", "2026-01-31T23:59Z"])
        plain = self.of(
            [
                plain,
                plain,
                "0001-01-01T00:00Z",
                "9999-12-31T23:59Z",
                f"({self.entity(scope, 'Dataset')}.since otherwise now)",
            ]
        )
        shift = self.of(["- 1mo", "+ 1y", "- 24h", "- 2629746s", "- 9999y", "+ 12mo", "- 7y"])
        newest = f"(newest({self.entity(scope, 'Field')}) otherwise now)"
        return self.of([plain, f"({plain} {shift})", newest])

    def day(self, scope: Scope) -> str:
        """A Date."""
        plain = self.of(["2026-06-15", "2024-02-29", "date(now)", "2026-03-31", "(product.born otherwise 2020-02-29)"])
        plain = self.of([plain, plain, "0001-01-01", "9999-12-31"])
        shift = self.of(["- 1mo", "+ 1y", "- 30d", "+ 9999y"])
        return self.one(lambda: plain, lambda: f"({plain} {shift})", lambda: f"date({self.moment(scope)})")

    # ------------------------------------------------------------ conditions on metadata

    def boolean(self, scope: Scope, depth: int) -> str:
        """A Bool."""
        low = depth - 1
        leaves = (
            lambda: self.of(["true", "false", "owned"]),
            lambda: f"({self.string(scope)} {self.of(['==', '!=', '<', '>='])} {self.string(scope)})",
            lambda: f"({self.string(scope)} matches {self.of(['/a/', '/^[a-z_.]+$/', '/é|b/', 'word', '/^$/'])})",
            lambda: f"({self.string(scope)} {self.of(['in', 'not in'])} {{{self.string({})}, {self.string(scope)}}})",
            lambda: f"({self.optional(scope)} is {self.of(['present', 'missing'])})",
            *[lambda: self.fact(self.entity(scope, "Field"))] * 3,
            *[lambda: self.of(_DOUBTS)] * 2,
            lambda: f"long({self.string(scope)})",
            lambda: f"{self.of(['starts_with', 'ends_with', 'contains'])}({self.string(scope)}, {self.string(scope)})",
        )
        deeper = (
            *[lambda: f"({self.boolean(scope, low)} {self.of(['and', 'or'])} {self.boolean(scope, low)})"] * 6,
            lambda: f"(not {self.boolean(scope, low)})",
            lambda: f"({self.integer(scope, low)} {self.compare()} {self.integer(scope, low)})",
            lambda: f"({self.decimal(scope, low)} {self.compare()} {self.decimal(scope, low)})",
            lambda: f"({self.duration(scope)} {self.compare()} {self.duration(scope)})",
            lambda: f"({self.moment(scope)} {self.compare()} {self.moment(scope)})",
            lambda: f"({self.day(scope)} {self.compare()} {self.day(scope)})",
            lambda: f"near({self.decimal(scope, low)})",
            lambda: f"(if {self.boolean(scope, low)} then {self.boolean(scope, 0)} else {self.boolean(scope, low)})",
            lambda: self.quantified(scope, low),
            lambda: self.about_data(scope, low),
            lambda: self.of(_ABOUT_THE_WHOLE),
        )
        return self.one(*leaves, *(deeper if depth > 0 else ()))

    def optional(self, scope: Scope) -> str:
        """Something that may be missing."""
        found = ["product.name", "product.owner", "product.born", "product.release", "previous", "product.retention"]
        for name in (name for name, kind in scope.items() if kind == "Field"):
            found += [f"{name}.{part}" for part in ("type", "classification", "masking", "weight")]
        return self.of([*found, 'newest(field("at"))', "lookup(levels, product.id)", "version(product.id)"])

    def string_list(self, scope: Scope) -> str:
        """A list of texts."""
        text = self.string(scope)
        name = f"q{len(scope)}"
        listed = f"list({name}.name for {name} in {self.fields(scope)} where {self.fact(name)})"
        parts = [
            f'split({text}, "a")',
            f'split({text}, "")',
            f"words({text})",
            "product.tags",
            f'["a", {text}]',
            listed,
        ]
        return self.of(parts)

    def fact(self, one: str) -> str:
        """What a field says of itself, guarded where it may be missing."""
        return "(" + self.of(_FACTS).replace("@", one) + ")"

    def quantified(self, scope: Scope, depth: int) -> str:
        """`every` and `some`, over fields, datasets, tags."""
        kind = self.of(["Field", "Dataset", "String"])
        items = self.fields(scope) if kind == "Field" else {"Dataset": "product.datasets"}.get(kind, "product.tags")
        name = f"q{len(scope)}"
        return (
            f"({self.of(['every', 'some'])} {name} in {items} satisfies {self.boolean({**scope, name: kind}, depth)})"
        )

    # ------------------------------------------------------------ data

    def values(self, paths: Sequence[str]) -> str:
        """The values of a field."""
        return f'field("{self.of(paths)}").values'

    def text_value(self, name: str) -> str:
        """A condition on a value that is a text."""
        shapes = ["@ matches /a/", '@ == ""', "length(@) > 1", '@ in {"a", "é"}', 'lower(@) != "b"', "@ >= product.id"]
        return self.of(shapes).replace("@", name)

    def number_value(self, name: str) -> str:
        """A condition on a value that is a number."""
        return f"{name} {self.compare()} {self.of(['0', '2', 'limit', '0.1', 'min', '-1.5', 'length(product.id)'])}"

    def row(self, name: str, depth: int, scope: Scope) -> str:
        """A condition on a row. Most say what a null means; some do not, and cannot be answered."""
        compare = self.compare()
        known = [f"length({one}.name)" for one, kind in scope.items() if kind in {"Field", "Dataset"}]
        leaves = (
            lambda: f"{name}.id {compare} {self.of(['0', '2', 'limit', 'length(product.id)', '1.5', *known])}",
            lambda: self.of(_ROW_FACTS).replace("@", name),
            lambda: f"({name}.amount is present and {name}.amount {compare} {self.of(['0.1', '2', 'min'])})",
            lambda: f"({name}.amount otherwise 0) {compare} {self.of(['0', '1.5'])}",
            lambda: f"({name}.price is present and {name}.price {compare} {self.of(['0.1', '2', '0.3'])})",
            lambda: self.of(_ROW_DOUBTS).replace("@", name),
        )
        deeper = (
            lambda: f"({self.row(name, depth - 1, scope)} {self.of(['and', 'or'])} {self.row(name, depth - 1, scope)})",
            lambda: f"(not ({self.row(name, depth - 1, scope)}))",
        )
        return self.one(*leaves, *(deeper if depth > 0 else ()))

    def reduced(self) -> str:
        """A number out of the data."""
        kind = self.of(["sum", "min", "max", "mean"])
        found = f"{kind}(v for v in {self.values(_NUMBERS)} where {self.number_value('v')})"
        return found if kind == "sum" else f"({found} otherwise 1)"

    def about_data(self, scope: Scope, depth: int) -> str:
        """Questions about data, as conditions."""
        rows = f"{self.entity(scope, 'Dataset')}.rows"
        word = self.of(["every", "some"])
        text = f'({self.of(["min", "max"])}(v for v in field("orders.name").values) otherwise "")'
        return self.one(
            lambda: self.of(_DATA_FACTS),
            lambda: f"({self.reduced()} {self.compare()} {self.of(['0', '1.5', 'min', 'limit', '(1 / 3)', '0.1'])})",
            lambda: f"({self.reduced()} {self.of('+-*/')} {self.reduced()} {self.compare()} 1)",
            lambda: f"near({self.reduced()})",
            lambda: f"({text} {self.compare()} {self.of(_ORDERED_TEXTS)})",
            lambda: f"(-{self.reduced()} in {{0, -1, -2.5}})",
            lambda: f"({word} r in {rows} satisfies {self.row('r', depth, scope)})",
            lambda: f"({word} v in {self.values(_TEXTS)} satisfies {self.text_value('v')})",
        )

    # ------------------------------------------------------------ rules

    def rule(self, name: str) -> str:
        """One rule, over anything that rules go over."""
        loops, scope, noun = self.of(_SHAPES)
        lines = [f"  rule {name}", *(f"    for {loop}" for loop in loops)]
        if self.number(1):
            lines.append(f"    when {self._condition(scope, noun, 2)}")
        lines.append(f"    require {self._condition(scope, noun, 3)}")
        if noun and self.number(2) == 2:
            lines.append(f"    tolerate {self.of(_SHARES)} of {noun}")
        if self.number(3) == 3:
            lines.append(f"    at {self.of(['change', 'publish', 'run'])}")
        return "\n".join(lines)

    def _condition(self, scope: Scope, noun: str, depth: int) -> str:
        if noun == "rows":
            return self.row("row", depth - 1, scope)
        if noun == "values":
            return self.text_value("v")
        way = self.of(["{0}", "({0} and {1})", "({0} or {1})", "(not ({0} or {1}))", "({2} or {1})", "({0} and {2})"])
        return way.format(self.boolean(scope, depth - 1), self.boolean(scope, depth - 1), self.of(_DOUBTS))


_ABOUT_THE_WHOLE = [
    "(product.name is present and length(product.name) > 2)",
    "(product.name is missing or product.name != product.id)",
    "(product.owner is present and product.owner.name matches /a/)",
    "(product.release is missing or product.release.major > 1)",
    "(lookup(levels, product.id) is present and lookup(levels, product.id).level is present)",
    "(some lvl in levels satisfies lvl.level is present and lvl.level > 1 and lvl.key == product.id)",
    "(previous is present and previous.id == product.id)",
    "(previous is missing or count(previous.fields) <= count(product.fields))",
    "(some chg in changes satisfies chg.breaks_consumers)",
    '(every chg in changes satisfies chg.kind != "field-removed" or chg.harm is present)',
    "(previous is present and (some old in previous.datasets satisfies old.row_count > 1))",
]
#: Texts made of parts of the text that stands for `@@`.
_PIECES = [
    '(max(part for part in split(@@, "a")) otherwise "")',
    '(min(part for part in words(@@)) otherwise "z")',
    '(if @@ == "" then "empty" else @@)',
]
_EDGES = ["0.0", "1.0", "123456789012345678901234567890", "0.0000000000000000000000001", "(-99999999999999.5)"]
_DOUBTS = [
    'field("nope").required',
    "previous is present",
    'dataset("orders").row_count > 2',
    "1 / count(product.tags) > 0.4",
    'field("orders.id").steps > 2',
    '(max(v for v in field("orders.price").values) otherwise 1) != 0.1',
]
_FACTS = [
    "@.required",
    "@.required == @.primary_key",
    "@.classification is present and @.classification >= internal",
    "@.masking is missing or @.masking == hash",
    "(@.masking otherwise none) != none",
    "(@.classification otherwise public) < confidential",
    "@.classification is present and @.classification in {internal, confidential}",
    'has_tag(@, "pii")',
    "is_snake_case(@.name)",
    "@.weight is present and @.weight > 0.5",
    "@.steps > 2",
    "(@.constraints.minimum otherwise 1) < 2.5",
    'some piece in words(@.name) satisfies piece == "name"',
    '@.dataset in ["orders", product.id]',
    "is_camel_case(@.name)",
    '(@.type otherwise "") != "" and length(@.type) > 4',
    "(if @.required then @.type is present else false) and @.required",
    "(if @.type is present then @.required else false) and length(@.type) > 4",
    "said(@) and @.type != @.name",
    "not said(@) or length(@.type) < 7",
    "short(@.type)",
    "not (@.type is missing or not (@.weight is present)) and @.weight < 2",
    "(@.weight otherwise 0) > 0.4 and @.weight < 2",
    "(@.checked otherwise false) and @.checked",
    "@.codes is present and count(@.codes) > 1 and 3 in @.codes",
    "@.levels is missing or (every lv in @.levels satisfies lv < confidential)",
    "(@.classification otherwise public) >= internal and @.classification != confidential",
    "@.items is missing or @.items.required",
    "@.tags == [] or @.tags != product.tags",
]
_ROW_FACTS = [
    "@.name is present",
    "@.at is missing",
    "(@.ok otherwise false)",
    "(@.name is missing or @.name matches /a/)",
    '(@.name is missing or @.name in {"a", ""})',
    "(@.at is present and @.at <= now)",
    "(@.at otherwise now) > now - 1y",
    "(@.day otherwise 2026-01-01) > 2025-12-31",
    "@.id / (@.amount otherwise 0) > 1",
    "@.id + @.id * 2 > 5",
    "(product.name is present and @.id > length(product.name))",
    "(product.name is missing or @.id < length(product.name))",
    "(if product.name is present then @.id < length(product.name) else @.id > 1)",
    "(product.born is missing or @.day is missing or @.day > product.born)",
    "(@.day is missing or year(@.day) > 2024)",
    "((@.amount otherwise 0) > 0.05 and @.amount < 2)",
    '(@.name is missing or trim(upper(@.name)) != "A")',
    "(@.at is missing or date(@.at) >= 2026-06-01)",
    "(if (@.ok otherwise false) then @.id > 1 else @.id < 3)",
    "not (@.name is missing or length(@.name) > 1)",
]
_ROW_DOUBTS = [
    "@.amount > 1",
    "@.nope > 1",
    '(field("nope").required or @.id > 1)',
    "(1 / count(product.tags) > 0 or @.id > 1)",
    "@.id > (max(length(fld.name) for fld in product.fields) otherwise 0)",
]
_DATA_FACTS = [
    'duplicates(dataset("orders"), ["id"]) == 0',
    'duplicates(dataset("orders"), ["name", "ok"]) <= 1',
    'orphans(field("items.order_id"), field("orders.id")) == 0',
    'field("orders.name").distinct_count > 2',
    '(k_anonymity(dataset("orders"), ["name", "ok"]) otherwise 1) >= 2',
    '(dataset("orders").recent_row_count otherwise 0) <= dataset("orders").row_count',
    "(previous is present and (every old in previous.datasets satisfies old.row_count <= 5))",
    '(newest(field("at")) is present and age(newest(field("at"))) < 30d)',
    '(oldest(field("orders.day")) is present and oldest(field("orders.day")) > now - 1y)',
    '(newest(field("orders.name")) is present and newest(field("orders.name")) > now - 1y)',
    '(count(hit in pii(field("orders.name"))) == 0)',
]
_SHAPES: list[tuple[list[str], dict[str, str], str]] = [
    ([], {}, ""),
    (["f in product.fields"], {"f": "Field"}, "fields"),
    (["f in product.fields"], {"f": "Field"}, "fields"),
    (["f in product.fields"], {"f": "Field"}, "fields"),
    (["d in product.datasets"], {"d": "Dataset"}, "datasets"),
    (["d in product.datasets", "f in d.fields"], {"d": "Dataset", "f": "Field"}, "fields"),
    (["f in product.fields", "g in product.fields"], {"f": "Field", "g": "Field"}, "fields"),
    (["t in product.tags"], {"t": "String"}, "tags"),
    (["f in product.fields", "w in words(f.name)"], {"f": "Field", "w": "String"}, "ws"),
    (['row in dataset("orders").rows'], {}, "rows"),
    (['row in dataset("orders").rows'], {}, "rows"),
    (["d in product.datasets", "row in d.rows"], {"d": "Dataset"}, "rows"),
    (['v in field("orders.name").values'], {}, "values"),
    (["f in product.fields", "x in pii(f)"], {"f": "Field"}, "xs"),
    (["c in changes"], {}, "cs"),
    (["f in (if previous is present then previous.fields else product.fields)"], {"f": "Field"}, "fs"),
    (['f in list(g in product.fields where has_tag(g, "pii") or g.required)'], {"f": "Field"}, "fs"),
    (['f in (if 1 / count(product.tags) < 1 then product.fields else dataset("orders").fields)'], {"f": "Field"}, "fs"),
]
_SCOPES = [
    "",
    "",
    '  applies to product "shop"\n',
    "  applies to products where owned and 1 / count(product.tags) > 0\n",
]


@st.composite
def policies(draw: st.DrawFn, *, rules: int = 8, name: str = "p", prelude: str = PRELUDE) -> str:
    """A file with one policy."""
    author = Author(draw)
    scope = author.of(_SCOPES)
    texts = [author.rule(f"r{number}") for number in range(author.number(rules - 1) + 1)]
    body = "\n\n".join(texts)
    param = "  param min: Decimal = 0.5, domains may raise to 2"
    return f'{prelude}\npolicy {name}\n  owner "o"\n{scope}{{\n{param}\n\n{body}\n}}\n'
