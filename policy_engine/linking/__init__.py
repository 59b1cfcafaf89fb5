"""Many files to one policy set: in come the syntax trees of all layers, out goes who declares what and who may see it.

Guaranteed afterwards: every import resolves, no package declares a name twice, no domain intrudes into a global
package, `set` names a global parameter, and a waiver names rules that who granted it may waive.
"""

from policy_engine.linking.formerly import former_names, today
from policy_engine.linking.link import link
from policy_engine.linking.model import Declared, LinkedSet, LinkedWaiver, Package, Setting, Unit

__all__ = ["Declared", "LinkedSet", "LinkedWaiver", "Package", "Setting", "Unit", "former_names", "link", "today"]
