"""Fixtures: a fresh workplace for each test, and the option that rewrites golden files."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import Workplace


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the program writes now")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Names of tests are Chinese where they can be printed (pyproject switches the escaping off), and escaped where they cannot."""
    if isinstance(val, bytes):
        return ascii(val[:20])
    return ascii(val[:40]) if isinstance(val, str) and not val.isprintable() else None


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """An empty workplace with the rules of 温州 2021-46."""
    return Workplace(tmp_path / "考核")
