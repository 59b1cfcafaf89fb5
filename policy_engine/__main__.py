"""`python -m policy_engine` is `policy-engine`."""

from policy_engine.cli.main import run

if __name__ == "__main__":  # workers import the main module
    run()
