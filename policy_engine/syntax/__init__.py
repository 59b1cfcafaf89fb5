"""Text to syntax tree: in comes the content of one policy file, out go its tree and every diagnostic of the text.

Lark lives here only. A tree is returned even where parts of the text were wrong, so that later stages can say what
else is wrong in the same run. The formatter is here as well: text in, its canonical layout out.
"""

from policy_engine.syntax.format import format_policies, on_one_line
from policy_engine.syntax.parse import parse

__all__ = ["format_policies", "on_one_line", "parse"]
