"""The sample run, made once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from report_samples import sample

from policy_engine.reporting.run import Run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with everything in it."""
    before = Path.cwd()
    folder = tmp_path_factory.mktemp("sample")
    os.chdir(folder)
    try:
        return sample(folder)
    finally:
        os.chdir(before)
