#!/usr/bin/env bash
# Build the models, then judge what was built: with all data, at the stage that is due after each load.
# Models have to be there as files: dbt-duckdb writes them with `materialized: external`; elsewhere they are exported first.
# What is judged, and which data belongs to it, stands in policy-engine.toml beside dbt_project.yml.
set -euo pipefail
cd "${1:-.}"

DBT=${DBT:-dbt} # another program, such as `uvx dbt`
$DBT build

policy-engine check --stage run

# Only what complies gets here. With a key, it is signed, too.
if [ -n "${POLICY_SIGNING_KEY:-}" ]; then
  mkdir -p target/attestations
  policy-engine attest --stage run --key "$POLICY_SIGNING_KEY" -o target/attestations
fi
