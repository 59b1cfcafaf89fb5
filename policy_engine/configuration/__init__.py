"""`policy-engine.toml`: what a repository always gives to the commands, found, read and checked."""

from policy_engine.configuration.find import NAME, find
from policy_engine.configuration.model import Configuration, Output, Own

__all__ = ["NAME", "Configuration", "Output", "Own", "find"]
