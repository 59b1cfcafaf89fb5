"""The repository of a governance council."""

from __future__ import annotations

from datetime import date

from policy_engine.starting.templates import PIPELINES, template


def council_files(ci: str | None, engine: str, day: date) -> dict[str, str]:
    """By path, what a council starts with."""
    values = {"ENGINE": engine, "REVIEW": f"{day.year + 1}-{day.month:02}-01", "BLOCK": f"{day.year + 1}-07-01"}
    made = {
        "policy-engine.toml": "council/policy-engine.toml",
        "policies/vocabulary.policy": "council/vocabulary.policy",
        "policies/ownership.policy": "council/ownership.policy",
        "policies/ownership.md": "council/ownership.md",
        "waivers/waivers.policy": "council/waivers.policy",
        "README.md": "council/README.md",
    }
    if ci is not None:
        made[PIPELINES[ci]] = f"{ci}/council.yml"
        made[{"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}[ci]] = "council/CODEOWNERS"
    return {path: template(name, values) for path, name in made.items()}
