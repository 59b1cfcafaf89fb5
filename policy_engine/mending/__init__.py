"""Violations and the fixes that their policies name -> the text of a contract with those fixes in it, where that is safe.

Guaranteed: text is only added, and never what is there changed, moved or removed; every value that was stated is stated
still; what is written mends what it is meant for and brings no new violation, else it is not written.
"""

from policy_engine.mending.mend import Mended, Missed, mend

__all__ = ["Mended", "Missed", "mend"]
