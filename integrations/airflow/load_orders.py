"""After each load the product is judged; what does not comply is not published.

Put it into the folder of DAGs, and set the variable `POLICY_REPOSITORY` to the folder with `policy-engine.toml`.
`policy-engine` has to be installed where tasks run, or in an environment of its own: then give its path.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    dag_id="load_orders",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    default_args={"retries": 0},  # a verdict does not change by asking again
) as dag:
    load = BashOperator(task_id="load", bash_command="echo 'your load stands here'")

    # exit code 1 is not compliant, 3 is not enough evidence, 2 is a failure of the check itself: none of them publishes
    check = BashOperator(
        task_id="check",
        bash_command='cd "$POLICY_REPOSITORY" && policy-engine check --stage run --format text --format json -o policies.json',
        append_env=True,
    )

    publish = BashOperator(task_id="publish", bash_command="echo 'your publication stands here'")

    load >> check >> publish
