"""附件1 一周小记表: counted, and the state of each matter checked (四（一）)."""

from __future__ import annotations

import re

from appraisal.model import Cell, Table
from appraisal.notation import NOTHING, label, person_name, plain, some_date_in, words
from appraisal.problems import NOTE_UNKNOWN_STATE, NOTE_WITHOUT_DATE, NOTE_WITHOUT_REASON, Problem
from appraisal.recognise import Recognised
from appraisal.standard import NAME, STAFF_NO, Standard

STATES = ("进行中", "已完成", "无法完成")
_NEXT = r"(?=\s|姓名|工号|单位|科室|职务|时间|$)"
_LABELS = {item: frozenset(label(word) for word in (column.name, *column.aliases)) for item, column in (("姓名", NAME), ("工号", STAFF_NO))}
_INLINE = {
    "姓名": re.compile(rf"姓\s*名\s*[:：]\s*(\S+?){_NEXT}"),
    "工号": re.compile(rf"(?:{'|'.join(sorted(_LABELS['工号'], key=len, reverse=True))})\s*[:：]\s*([A-Za-z\d-]+)"),
}


def read_notes(found: Recognised, _: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """One person's week: the name, how many matters, and what is incomplete about them. Nothing here withholds anybody."""
    assert found.header is not None
    sheet, columns = found.sheet, found.header.columns
    name, number = person_name(_said(found, "姓名")), _said(found, "工号")
    problems: list[Problem] = []
    lines = []
    for row in range(found.header.end, len(sheet.rows)):
        cells = sheet.rows[row]
        matter = words(cells[columns["事项"]])
        if matter in NOTHING or matter.startswith(("注", "备注")):
            continue
        lines.append(row + sheet.top + 1)
        at = columns["完成情况"]
        state, note = words(cells[at]), words(cells[columns["备注"]]) if "备注" in columns else ""
        cell = Cell(found.file, sheet.name, row + sheet.top + 1, at + sheet.left + 1)
        said = next((known for known in STATES if known in state), None)
        if said is None:
            problems.append(NOTE_UNKNOWN_STATE.at(cell, name, matter=matter[:20], found=state))
        elif said == "已完成" and not some_date_in(state + note):
            problems.append(NOTE_WITHOUT_DATE.at(cell, name, matter=matter[:20]))
        elif said == "无法完成" and not (note or re.sub(r"[\s:：()（）]|无法完成|原因", "", state)):
            problems.append(NOTE_WITHOUT_REASON.at(cell, name, matter=matter[:20]))
    count = 1 if name else 0
    line, nowhere = lines[0] if lines else 1, ("",) * count
    who = (name,) * count, (number,) * count, nowhere, nowhere
    return Table(found.kind.title, found.period, found.file, sheet.name, (line,) * count, *who, {}, {}, title=_head(found)), tuple(problems)


def _said(found: Recognised, item: str) -> str:
    """What stands behind a label above the list, in its own cell (姓名：张三) or in the next one."""
    assert found.header is not None
    for cells in found.sheet.rows[: found.header.first]:
        for place, value in enumerate(cells):
            text = plain(value) if isinstance(value, str) else ""
            if match := _INLINE[item].search(text):
                return match[1]
            if label(text) in _LABELS[item]:
                beside = next((words(cell) for cell in cells[place + 1 :] if cell != ""), "")
                return "" if ":" in beside or any(label(beside) in known for known in _LABELS.values()) else beside
    return ""


def _head(found: Recognised) -> str:
    """The lines above the list, which name the person's place."""
    assert found.header is not None
    return " ".join(plain(value) for cells in found.sheet.rows[: found.header.first] for value in cells if isinstance(value, str) and value)
