"""Policies changed one small thing at a time: which changes does no case notice?

Plans are changed, not texts: nothing is parsed or compiled again, and only the changed rule is evaluated anew, for the
cases that come to the changed place.
"""
