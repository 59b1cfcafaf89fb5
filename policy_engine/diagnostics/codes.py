"""The one table of diagnostic codes. A code is never used again for something else. The name says the fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """A code's name, which reads well after "allow", and one line that explains it."""

    name: str
    summary: str
    is_warning: bool = False


CODES: Final[dict[str, Code]] = {
    "SYN001": Code("unexpected-text", "the text does not follow the grammar at this place"),
    "SYN002": Code("unknown-character", "a character that the language has no use for"),
    "SYN003": Code("unfinished-text", "the file ends in the middle of a declaration"),
    "SYN004": Code("unreadable-text", "the file is no UTF-8 text, or holds control characters"),
    "SYN005": Code("bad-literal", "a date, number, duration, string or version that does not exist"),
    "SYN006": Code("bad-pattern", "a regular expression outside the portable, linear-time subset"),
    "SYN007": Code("bad-template", "a message or fix whose braces do not hold an expression"),
    "SYN008": Code("too-deep", "an expression nested deeper than a reader could follow"),
    "SYN009": Code("missing-package", "a file that does not say first which package it belongs to"),
    "SYN010": Code("repeated-clause", "a clause that a rule or policy may have once, given again"),
    "SYN011": Code("missing-clause", "a clause that every rule or policy has is not there"),
    "LNK001": Code("unknown-import", "an import of a package that no file of the set declares"),
    "LNK002": Code("duplicate-name", "two declarations of one name in one package"),
    "LNK003": Code("unknown-name", "a name that nothing visible here declares"),
    "LNK004": Code("global-imports-domain", "a global policy that rests on a domain's"),
    "LNK005": Code("package-intrusion", "a domain's package that is, or lies below, a global one"),
    "LNK006": Code("set-outside-domain", "a `set` in a global policy"),
    "LNK007": Code("unknown-parameter", "a `set` of a parameter that no global policy declares"),
    "LNK008": Code("not-delegated", "a `set` of a parameter that the council keeps for itself"),
    "LNK010": Code("set-twice", "two `set`s of one parameter"),
    "LNK011": Code("circular-definition", "definitions that need each other"),
    "LNK012": Code("attribute-declared-twice", "an attribute typed by two declarations"),
    "LNK013": Code("attribute-not-delegated", "a domain that types an attribute which is not its own"),
    "LNK014": Code("shadowed-name", "a name that hides another one"),
    "LNK015": Code("missing-table", "a reference table whose file is not in the layer"),
    "LNK017": Code("bad-schedule", "an enforcement schedule whose dates or levels do not rise"),
    "LNK030": Code("not-renamed", "a `formerly` that names what still exists, or what another one claims"),
    "LNK031": Code("misplaced-waiver", "a waiver among the council's policies, or something else among its waivers"),
    "LNK032": Code("not-waivable", "a waiver of what nobody may waive"),
    "LNK033": Code("wrong-waiving-role", "a waiver from somebody whom the policy does not let waive it"),
    "LNK034": Code("waiver-of-nothing", "a waiver of a policy or rule that there is not"),
    "LNK035": Code("waiver-ends-early", "a waiver that ends before it is granted"),
    "LNK036": Code("waiver-too-long", "a waiver for longer than the policy allows"),
    "LNK037": Code("waiver-not-in-force", "a waiver that has expired, or whose first day is still to come", True),
    "CHK001": Code("type-mismatch", "an expression of one type where another is needed"),
    "CHK002": Code("missing-unhandled", "a value that may be missing, used as if it were always there"),
    "CHK003": Code("unknown-attribute", "an attribute that this kind of element does not have"),
    "CHK004": Code("unknown-function", "a function that does not exist"),
    "CHK005": Code("wrong-arguments", "a call with the wrong number or kind of arguments"),
    "CHK006": Code("unknown-member", "a value that the enum does not have"),
    "CHK007": Code("ambiguous-member", "a bare enum member that several enums have"),
    "CHK008": Code("not-comparable", "two values that have no common order or equality"),
    "CHK009": Code("not-a-collection", "a loop over something that has no parts"),
    "CHK010": Code("not-constant", "a value that must be known from the policy text alone"),
    "CHK011": Code("rows-not-last", "a loop over rows or values that is not the innermost"),
    "CHK012": Code("data-in-message", "a message that would print values from data"),
    "CHK013": Code("not-answerable-from-data", "an expression that the scan of the data cannot answer"),
    "CHK014": Code("unknown-type", "a type that does not exist"),
    "CHK015": Code("rule-too-large", "a rule that would cost too much to evaluate"),
    "CHK016": Code("wrong-tolerance", "a tolerance that is no share between 0 % and 100 %, or of another subject"),
    "CHK021": Code("set-out-of-bounds", "a `set` beyond what the council delegated"),
    "CHK022": Code("bad-bounds", "a parameter whose default lies outside its own bounds"),
    "CHK023": Code("bad-table", "a reference table whose file does not fit its columns"),
    "BND001": Code("unknown-dataset", "a dataset that this product's contract does not have"),
    "BND002": Code("unknown-field", "a field or column that this product's contract does not have"),
    "BND003": Code("ambiguous-field", "a name that several fields of this product have"),
    "BND004": Code("unexpected-column-type", "a column that this product's contract declares as another type"),
    "BND005": Code("unhandled-null", "a column that may be null, read as if it were always there"),
    "CHK030": Code("waiver-picks-data", "a waiver whose condition is about rows, values or what data says"),
    "CHK031": Code(
        "waiver-without-effect", "a waiver that can never take effect, or whose condition says nothing", True
    ),
    "CHK017": Code("rule-without-subject", "a rule whose requirement does not mention what it loops over", True),
    "CHK018": Code("policy-without-rule", "a policy that requires nothing", True),
    "CHK019": Code("missing-documentation", "a policy or rule without a `##` line", True),
    "CHK020": Code("needless-default", "a value that is never missing, handled as if it could be", True),
    "LNT001": Code("unused-name", "a declaration, parameter or import that nothing uses", True),
    "LNT002": Code("unreachable-rule", "a rule or policy that no product can ever meet or miss", True),
    "LNT003": Code("constant-condition", "a condition that is always true, or never", True),
    "LNT004": Code("repeated-condition", "a condition that stands twice in one `and` or `or`", True),
    "LNT005": Code("missing-message", "a rule that can block and does not say in words what is wrong", True),
    "LNT006": Code("vague-message", "a message that does not help whoever reads it", True),
    "LNT007": Code("subject-not-named", "a message that does not say which of many it is about", True),
    "LNT008": Code("owner-without-address", "an owner whom nobody can reach", True),
    "LNT009": Code("placeholder-documentation", "a `##` line that documents nothing yet", True),
    "LNT010": Code("self-exemption", "a blocking global rule that a domain escapes by what it writes of itself", True),
    "LNT011": Code("same-requirement", "two rules that require the same of the same", True),
    "LNT012": Code("name-of-global-policy", "a domain's policy that is called like one of the council's", True),
    "LNT013": Code("review-due", "a policy whose review is due, or overdue", True),
    "LNT014": Code("past-steps", "an enforcement schedule whose first steps are over", True),
    "LNT015": Code("needless-clause", "a clause or declaration without effect", True),
    "LNT016": Code("missing-decision", "a blocking global policy that does not say by which decision", True),
    "LNT017": Code("hidden-in-message", "a message that shows a value of data, which reports hide", True),
    "LNT018": Code("impossible-word", "a comparison with a word that is never there, so that it decides nothing", True),
}
