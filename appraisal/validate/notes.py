"""附件1 一周小记表: counted, and the state of each matter checked (四（一）)."""

from __future__ import annotations

import re

from appraisal.model import Cell, Table
from appraisal.notation import NOTHING, person_name, plain, some_date_in, words
from appraisal.problems import NOTE_UNKNOWN_STATE, NOTE_WITHOUT_DATE, NOTE_WITHOUT_REASON, Problem
from appraisal.recognise import Recognised
from appraisal.standard import Standard

STATES = ("进行中", "已完成", "无法完成")
_NAME = re.compile(r"姓\s*名\s*[:：]\s*(\S+?)(?=\s|单位|职务|时间|$)")


def read_notes(found: Recognised, _: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """One person's week: the name, how many matters, and what is incomplete about them. Nothing here withholds anybody."""
    assert found.header is not None
    sheet, columns = found.sheet, found.header.columns
    name = _name(found)
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
    table = Table(found.kind.title, found.period, found.file, sheet.name, (line,) * count, (name,) * count, nowhere, nowhere, nowhere, {}, {})
    return table, tuple(problems)


def _name(found: Recognised) -> str:
    assert found.header is not None
    for cells in found.sheet.rows[: found.header.first]:
        for place, value in enumerate(cells):
            text = plain(value) if isinstance(value, str) else ""
            if match := _NAME.search(text):
                return person_name(match[1])
            if re.sub(r"[\s:：]", "", text) == "姓名":
                beside = next((words(cell) for cell in cells[place + 1 :] if cell != ""), "")
                return person_name(beside)
    return ""
