"""Many files to one policy set: in come the syntax trees of both layers, out goes who declares what and who may see it.

Guaranteed afterwards: every import resolves, no package declares a name twice, no domain intrudes into a global
package, and `set` names a global parameter.
"""

from policy_engine.linking.link import link
from policy_engine.linking.model import Declared, LinkedSet, Package, Setting, Unit

__all__ = ["Declared", "LinkedSet", "Package", "Setting", "Unit", "link"]
