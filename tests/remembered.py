"""What a command works out anew each time it starts, kept between the commands of one test process.

A run reads its rules and asks for the days off of a year. The tests make hundreds of runs in one process, nearly
all from the same bytes: for the same bytes under the same name it is done once. What fails is never kept, and the programs that tests
start as processes of their own know nothing of this.
"""

from __future__ import annotations

import importlib.metadata
from functools import cache
from pathlib import Path

import chinese_calendar
from jinja2 import meta

from appraisal import manifest, pipeline
from appraisal.policy import load
from appraisal.policy.shape import Policy

_policies: dict[tuple[str, bytes], Policy] = {}


def remember() -> None:
    """From now on, in this process."""
    load._parse = cache(load._parse)
    vars(pipeline)["load_policy"] = _policy
    chinese_calendar.is_workday = cache(chinese_calendar.is_workday)
    vars(manifest)["version"] = cache(importlib.metadata.version)
    meta.find_undeclared_variables = cache(meta.find_undeclared_variables)


def _policy(path: Path) -> Policy:
    """A policy, which is frozen."""
    if not path.is_file():
        return load.load_policy(path)
    key = path.name, path.read_bytes()
    if key not in _policies:
        _policies[key] = load.load_policy(path)
    return _policies[key]
