"""A list sheet's rows → a table: who each row is about, what it says, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from appraisal.model import Cell, Table, column_letters
from appraisal.notation import HAN, name_and_suffix, person_name, plain, words
from appraisal.problems import EMPTY_CELL, MERGED_VALUE, NAME_SUFFIX, NO_NAME, NO_ROWS, NUMBER_LOST_DIGITS, TWO_NAMES, Problem
from appraisal.recognise import Recognised
from appraisal.standard import IDENTITY, Column, Standard, Use
from appraisal.validate.facts import sheet_facts
from appraisal.validate.values import Bad, reader_of

SUMMARY = re.compile(r"(合计|小计|总计|平均|共计|总数|人数|汇总)(\(?人\)?|数|分)?[:：]?|共\d+人|合计\d+人")
NOTE = re.compile(r"(注|备注|说明|附注|填表人|填报人|制表人?|审核人?|审批人?|负责人|分管领导|单位负责人|处室负责人|科室负责人|经办人|联系人|联系电话|签字|签名|盖章|日期|填表日期|填报日期|年月日|主要领导)(\(.*\))?[:：].*|\d*年\d*月\d*日|[※*★☆].*|\(?(盖章|签字|公章)\)?", re.DOTALL)
GROUP = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)]?[、.．](?P<name>.+)")
TWO = re.compile(rf"[{HAN}·]{{2,}}\s*[、,;/\n]\s*[{HAN}·]{{2,}}")


@lru_cache(maxsize=8192)
def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", plain(text))


@lru_cache(maxsize=8192)
def is_summary(text: str) -> bool:
    return SUMMARY.fullmatch(_squeezed(text)) is not None


@lru_cache(maxsize=8192)
def is_note(text: str) -> bool:
    return NOTE.fullmatch(_squeezed(text)) is not None


@dataclass(slots=True)
class _Reading:
    """The table while it grows."""

    found: Recognised
    problems: list[Problem] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    staff_nos: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)
    group: str = ""
    """The department of the group title last met (一、办公室)."""

    def cell(self, row: int, place: int) -> Cell:
        sheet = self.found.sheet
        return Cell(self.found.file, sheet.name, row + sheet.top + 1, place + sheet.left + 1)


def read_rows(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """Every person's (or item's) row of a list sheet; rows of totals, notes and group titles are passed over."""
    assert found.header is not None
    columns, sheet, kind = found.header.columns, found.sheet, found.kind
    reading = _Reading(found)
    merged = _unmerge(reading)
    data = [row for row in range(found.header.end, len(sheet.rows)) if _is_person(reading, row)]
    _merged_values(reading, merged, set(data))
    readers = [(column, columns[column.name], reader_of(column, standard)) for column in kind.blanks if column.name in columns]
    values: dict[str, list[object]] = {column.name: [] for column, _, _ in readers}
    for column, at, read in readers:
        into = values[column.name]
        for place, row in enumerate(data):
            raw = sheet.rows[row][at]
            value = None if raw == "" else read(raw)
            if value.__class__ is Bad:
                reading.spoiled.add(place)
                reading.problems.append(_problem(value, reading.cell(row, at), reading.names[place], column))
                value = None
            elif value is None and column.filled:
                reading.spoiled.add(place)
                reading.problems.append(EMPTY_CELL.at(reading.cell(row, at), reading.names[place], item=column.name))
            into.append(value)
    if not data:
        reading.problems.append(NO_ROWS.at(Cell(found.file, sheet.name), title=kind.title))
    table = Table(
        kind.title,
        found.period,
        found.file,
        sheet.name,
        tuple(row + sheet.top + 1 for row in data),
        tuple(reading.names),
        tuple(reading.staff_nos),
        tuple(reading.departments),
        tuple(reading.units),
        {name: tuple(column) for name, column in values.items()},
        {name: at + sheet.left + 1 for name, at in columns.items()},
        spoiled=frozenset(reading.spoiled),
        title=_title(found),
        facts=sheet_facts(found) if kind.use in (Use.SCORES, Use.RULINGS) else {},
    )
    return table, tuple(reading.problems)


def _title(found: Recognised) -> str:
    first = found.header.first if found.header else found.start
    return " ".join(plain(value) for row in found.sheet.rows[:first] for value in row if isinstance(value, str) and value)


def _problem(bad: object, cell: Cell, name: str, column: Column) -> Problem:
    assert isinstance(bad, Bad)
    return bad.fault.at(cell, name, item=column.name, found=bad.found, **bad.extra)


@lru_cache(maxsize=65536)
def _reading_of(text: str) -> tuple[str, str, str]:
    """What the cell of a name holds: ("person", name, suffix), or ("none", "", "") for totals and notes, ("two", …) for two people."""
    if is_summary(text) or is_note(text):
        return "none", "", ""
    if TWO.search(plain(text)):
        return "two", "", ""
    bare, suffix = name_and_suffix(text)
    return "person", person_name(bare), suffix


def _is_person(reading: _Reading, row: int) -> bool:
    """Notes who the row is about; False for an empty row, a total, a note or a group title."""
    assert reading.found.header is not None
    columns = reading.found.header.columns
    cells = reading.found.sheet.rows[row]
    name_at = columns.get("姓名", -1)
    raw = cells[name_at] if name_at >= 0 else ""
    text = raw if raw.__class__ is str else words(raw)
    opening = cells[0] if cells[0] != "" else next((value for value in cells if value != ""), "")
    if opening.__class__ is str and (opening == "" or is_summary(opening) or is_note(opening)):
        return False
    if not text or text.isspace() or (cells.count("") == len(cells) - 1 and opening.__class__ is str):
        return _without_name(reading, row, name_at) if not text.strip() or GROUP.fullmatch(_squeezed(text)) else _person(reading, row, name_at, text)
    return _person(reading, row, name_at, text)


def _without_name(reading: _Reading, row: int, name_at: int) -> bool:
    """A group title (一、办公室) sets the department of the rows below; other values without a name are a problem."""
    assert reading.found.header is not None
    columns, cells = reading.found.header.columns, reading.found.sheet.rows[row]
    filled = [value for value in cells if value != ""]
    if len(filled) == 1 and isinstance(filled[0], str) and (group := GROUP.fullmatch(_squeezed(filled[0]))):
        reading.group = group["name"]
    elif any(cells[columns[name]] != "" for name in columns if name not in IDENTITY):
        reading.problems.append(NO_NAME.at(reading.cell(row, name_at)))
    return False


def _person(reading: _Reading, row: int, name_at: int, text: str) -> bool:
    assert reading.found.header is not None
    columns, cells = reading.found.header.columns, reading.found.sheet.rows[row]
    kind, name, suffix = _reading_of(text)
    if kind != "person":
        if kind == "two":
            reading.problems.append(TWO_NAMES.at(reading.cell(row, name_at), found=text))
        return False
    if suffix:
        reading.problems.append(NAME_SUFFIX.at(reading.cell(row, name_at), name, found=text, suffix=suffix))
    reading.names.append(name)
    reading.staff_nos.append(_staff_no(reading, row, columns["工号"]) if "工号" in columns else "")
    reading.departments.append((_place(cells[columns["科室"]]) if "科室" in columns else "") or reading.group)
    reading.units.append(_place(cells[columns["呈报单位"]]) if "呈报单位" in columns else "")
    return True


def _place(value: object) -> str:
    return "".join(value.split()) if isinstance(value, str) else words(value)


def _staff_no(reading: _Reading, row: int, at: int) -> str:
    value = reading.found.sheet.rows[row][at]
    if value == "":
        return ""
    if isinstance(value, float) and abs(value) >= 1e15:
        reading.problems.append(NUMBER_LOST_DIGITS.at(reading.cell(row, at), item="工号"))
        return ""
    return words(value)


def _unmerge(reading: _Reading) -> list[tuple[int, int, int, int]]:
    """Fills merged cells of the columns that say who or where, downwards; returns the other merges that span rows."""
    header, sheet = reading.found.header, reading.found.sheet
    assert header is not None
    fills = {header.columns[name] for name in ("科室", "呈报单位") if name in header.columns}
    if not reading.found.kind.per_person and "姓名" in header.columns:
        fills |= {header.columns[name] for name in ("姓名", "工号") if name in header.columns}
    others = []
    for top, left, bottom, right in sheet.merges:
        first, last, place = top - sheet.top - 1, bottom - sheet.top - 1, left - sheet.left - 1
        if last == first or first < header.end or not 0 <= place < len(sheet.rows[0]):
            continue
        if place in fills:
            for row in range(first + 1, min(last + 1, len(sheet.rows))):
                sheet.rows[row][place] = sheet.rows[first][place]
        else:
            others.append((first, place, last, right - sheet.left - 1))
    return others


def _merged_values(reading: _Reading, merged: list[tuple[int, int, int, int]], data: set[int]) -> None:
    """A merged value over two people's rows belongs to neither: both are withheld."""
    header = reading.found.header
    assert header is not None
    items = {place: name for name, place in header.columns.items() if name not in IDENTITY}
    order = {row: place for place, row in enumerate(sorted(data))}
    for first, place, last, _ in merged:
        people = [order[row] for row in range(first, last + 1) if row in order]
        if place in items and len(people) > 1:
            reading.spoiled.update(people)
            top, bottom = reading.cell(first, place), reading.cell(last, place)
            name = "、".join(reading.names[person] for person in people)
            reading.problems.append(MERGED_VALUE.at(top, name, item=items[place], found=f"{top.address}:{column_letters(bottom.column)}{bottom.row}"))
