"""Fixtures: a fresh workplace for each test; the option that rewrites golden files; and what makes the tests quick."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from drawn import Workplace
from remembered import remember

LONGEST = (
    *("test_blank", "test_mail", "test_killed", "test_terminal", "test_must_show", "test_whole_way", "test_manual"),
    *("test_public", "test_odd_names", "test_returned", "test_hostile", "test_memory", "test_laws"),
)
"""Begun first, the longest first: none of them is left over when everything else is done. The quick ones fill up the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the program writes now")


def pytest_configure() -> None:
    remember()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking for garbage among it would take a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Any:
    """A file is a portion of work: what its tests share is made once, not once a process."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Names of tests are Chinese where they can be printed (pyproject switches the escaping off), and escaped where they cannot."""
    if isinstance(val, bytes):
        return ascii(val[:20])
    return ascii(val[:40]) if isinstance(val, str) and not val.isprintable() else None


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """An empty workplace with the rules of 温州 2021-46."""
    return Workplace(tmp_path / "考核")
