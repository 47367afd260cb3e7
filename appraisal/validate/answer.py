"""What reading a cell may answer besides a value: it cannot be used, or it was understood with some help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from appraisal.notation import DITTO, plain
from appraisal.problems import DITTO_MARK, PICTURE_IN_CELL, Fault


class Bad(NamedTuple):
    """A value that cannot be used: the fault and what its message needs to say."""

    fault: Fault
    found: str
    extra: Mapping[str, object] = {}


class Noted(NamedTuple):
    """A value that was understood with some help: what to say of it."""

    value: object
    fault: Fault
    found: str
    extra: Mapping[str, object] = {}


def unreadable(value: object) -> Bad | None:
    """同上, or a picture inside the cell: nothing a column of any kind can use."""
    if not isinstance(value, str):
        return None
    text = plain(value)
    if text in DITTO:
        return Bad(DITTO_MARK, text)
    return Bad(PICTURE_IN_CELL, "图片") if "DISPIMG(" in text else None
