"""The policy set as something to read: what goes in is the linked policies and their plan, what comes out are pages.

Everything shown is what authors wrote or what the engine runs; nothing of a product is needed. Same policies, same day,
same bytes.
"""

from policy_engine.catalogue.gather import gather
from policy_engine.catalogue.model import Catalogue
from policy_engine.catalogue.write import FORMATS, pages

__all__ = ["FORMATS", "Catalogue", "gather", "pages"]
