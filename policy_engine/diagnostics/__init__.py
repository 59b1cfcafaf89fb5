"""Messages about policy text: in come source text and spans, out go diagnostics and their drawing.

Every diagnostic has a stable code, one line that stands alone, the span it is about, a label there, and at most one
help. Knows nothing of the language or of products.
"""

from policy_engine.diagnostics.codes import CODES, Code
from policy_engine.diagnostics.draw import draw, pointer
from policy_engine.diagnostics.model import Diagnostic, Edit, Label, Level, PolicyTextError
from policy_engine.diagnostics.nearest import nearest
from policy_engine.diagnostics.source import Source, Span

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "Edit",
    "Label",
    "Level",
    "PolicyTextError",
    "Source",
    "Span",
    "draw",
    "nearest",
    "pointer",
]
