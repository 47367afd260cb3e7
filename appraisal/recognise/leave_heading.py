"""Headings that put several kinds of leave into one column (病事假, 请假天数), so that nobody can tell how many days of which."""

from __future__ import annotations

import re
from collections.abc import Collection

from appraisal.standard import LEAVE

_PARTS = {"病": "病假", "事": "事假", "旷工": "旷工", "年": "年休", "年休": "年休", "公休": "年休", "法定": "法定假", "补休": "加班补休", "调休": "加班补休"}
_PART = "(年休|公休|法定|补休|调休|旷工|病|事|年)假?[、和及与,/+]?"
_SEVERAL = re.compile(f"(?:请|其中)?((?:{_PART}){{2,}})(?:合计|小计|共计)?")
_ANY = re.compile("(?:请|休|缺)(?:假|勤)")
_UNIT = re.compile(r"(?:总|累计)?(?:天数|日数|天)$")


def leave_together(heading: str, columns: Collection[str]) -> bool:
    """True for a heading under which kinds of leave stand together that have no column of their own among `columns`."""
    bare = _UNIT.sub("", heading)
    if several := _SEVERAL.fullmatch(bare):
        kinds = {_PARTS[part] for part in re.findall(_PART, several[1])}
        return len(kinds) > 1 and not kinds <= set(columns)
    return _ANY.fullmatch(bare) is not None and not any(kind in columns for kind in LEAVE)
