"""`python -m policy_engine` is `policy-engine`."""

from policy_engine.cli.main import run

run()
