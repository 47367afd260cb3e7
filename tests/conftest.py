"""Fixtures: a fresh workplace for each test, and the option that rewrites golden files."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import Workplace


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the program writes now")


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """An empty workplace with the rules of 温州 2021-46."""
    return Workplace(tmp_path / "考核")
