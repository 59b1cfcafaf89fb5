"""Repositories to start from: what is there already is found and used, the rest is written."""

from policy_engine.starting.council import council_files
from policy_engine.starting.domain import domain_files
from policy_engine.starting.survey import Found, survey

__all__ = ["Found", "council_files", "domain_files", "survey"]
