"""A list sheet's rows → a table: who each row is about, what it says, and what is wrong with it."""

from __future__ import annotations

from msgspec import Struct, field

from appraisal.model import Cell, Table, column_letters
from appraisal.notation import plain, words
from appraisal.problems import EMPTY_CELL, LEAVE_NOT_SPLIT, MERGED_VALUE, NAME_SUFFIX, NO_NAME, NO_ROWS, NUMBER_LOST_DIGITS, ROW_IGNORED, TWO_NAMES, Problem
from appraisal.recognise import Recognised
from appraisal.standard import GRADES, IDENTITY, Column, Standard, Use, Value
from appraisal.validate.answer import Bad, Noted, unreadable
from appraisal.validate.facts import sheet_facts
from appraisal.validate.lines import department_of, is_sentence, kind_of_line, named, place_named, signed_by
from appraisal.validate.spelling import Spellings
from appraisal.validate.values import Reader, read_days, reader_of


class _Reading(Struct):
    """The table while it grows."""

    found: Recognised
    problems: list[Problem] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    """For each person the group title above."""
    spoiled: set[int] = field(default_factory=set)
    items: frozenset[int] = frozenset()
    """Places of the columns that do not say who it is."""
    across: frozenset[int] = frozenset()
    """Rows with a cell merged across columns."""
    group: str = ""
    """The department of the group title last met (一、办公室)."""
    nameless: int = 0

    def cell(self, row: int, place: int) -> Cell:
        sheet = self.found.sheet
        return Cell(self.found.file, sheet.name, row + sheet.top + 1, place + sheet.left + 1)


def read_rows(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """Every person's (or item's) row of a list sheet; rows of totals, notes and group titles are passed over."""
    assert found.header is not None
    columns, sheet, kind = found.header.columns, found.sheet, found.kind
    reading = _Reading(found)
    merged = _unmerge(reading)
    data = _people(reading)
    _merged_values(reading, merged, set(data))
    spellings = Spellings(not found.file.lower().endswith((".csv", ".txt")))
    within = found.period if kind.use is Use.ADJUSTMENTS else None
    values = {column.name: _column(reading, data, column, reader_of(column, standard, within), spellings) for column in kind.blanks if column.name in columns}
    _together(reading, data)
    reading.problems += spellings.problems(reading.cell)
    numbers, departments, units = (_places(reading, data, item) for item in ("工号", "科室", "呈报单位"))
    if kind.column("科室").filled and "科室" in columns:
        for place, row in enumerate(data):
            if not (departments[place] or reading.groups[place]):
                reading.spoiled.add(place)
                reading.problems.append(EMPTY_CELL.at(reading.cell(row, columns["科室"]), reading.names[place], item="科室"))
    if not data and not reading.problems:
        reading.problems.append(NO_ROWS.at(Cell(found.file, sheet.name), title=kind.title))
    table = Table(
        kind.title,
        found.period,
        found.file,
        sheet.name,
        tuple(row + sheet.top + 1 for row in data),
        tuple(reading.names),
        tuple(numbers),
        tuple(place or group for place, group in zip(departments, reading.groups, strict=True)),
        tuple(units),
        values,
        {name: at + sheet.left + 1 for name, at in columns.items()},
        spoiled=frozenset(reading.spoiled),
        title=_title(found),
        facts=sheet_facts(found) if kind.use in (Use.SCORES, Use.RULINGS) else {},
        nameless=reading.nameless,
    )
    return table, tuple(reading.problems)


def _title(found: Recognised) -> str:
    first = found.header.first if found.header else found.start
    return " ".join(plain(value) for row in found.sheet.rows[:first] for value in row if isinstance(value, str) and value)


def _column(reading: _Reading, data: list[int], column: Column, read: Reader, spellings: Spellings) -> tuple[object, ...]:
    """One column's values, row by row; a cell that is wrong, or empty where it must not be, spoils its row."""
    assert reading.found.header is not None
    at, rows = reading.found.header.columns[column.name], reading.found.sheet.rows
    raws = [rows[row][at] for row in data]
    if not column.filled and raws.count("") == len(raws):
        return (None,) * len(raws)
    if (plainly := _plainly(raws, column, read)) is not None:
        return plainly
    numeric = column.value in NUMERIC
    into: list[object] = []
    for place, (row, raw) in enumerate(zip(data, raws, strict=True)):
        value = None if raw == "" else read(raw)
        if value.__class__ is Bad or value.__class__ is Noted:
            value = _said(reading, value, place, reading.cell(row, at), column)
        elif value is None:
            if column.filled:
                reading.spoiled.add(place)
                reading.problems.append(EMPTY_CELL.at(reading.cell(row, at), reading.names[place], item=column.name))
        elif numeric and raw.__class__ is str:
            spellings.note(raw, row, at)
        into.append(value)
    return tuple(into)


def _plainly(raws: list[object], column: Column, read: Reader) -> tuple[object, ...] | None:
    """A column of which nothing need be said, each different content read once; None for any other."""
    kinds = set(map(type, raws))
    contents = set(raws)
    if bool in kinds or (column.value in NUMERIC and str in kinds and any(raw.__class__ is str for raw in contents - {""})):
        return None  # True is equal to 1, and numbers kept as text are told about
    values = {raw: None if raw == "" else read(raw) for raw in contents}
    if any(value.__class__ in (Bad, Noted) or (value is None and column.filled) for value in values.values()):
        return None
    return tuple([values[raw] for raw in raws])


NUMERIC = (Value.NUMBER, Value.DAYS)


def _together(reading: _Reading, data: list[int]) -> None:
    """Several kinds of leave in one column count only where there are none; anybody else's row is withheld."""
    assert reading.found.header is not None
    for heading, at in reading.found.header.together:
        for place, row in enumerate(data):
            raw = reading.found.sheet.rows[row][at]
            if read_days(raw):
                reading.spoiled.add(place)
                found = words(raw).removesuffix("天")
                reading.problems.append(LEAVE_NOT_SPLIT.at(reading.cell(row, at), reading.names[place], item=heading, found=found))


def _said(reading: _Reading, answer: object, place: int, cell: Cell, column: Column) -> object:
    """The value of an answer that comes with a problem; None where the problem is an error."""
    assert isinstance(answer, Bad | Noted)
    reading.problems.append(answer.fault.at(cell, reading.names[place], item=column.name, found=answer.found, **answer.extra))
    if isinstance(answer, Noted):
        return answer.value
    reading.spoiled.add(place)
    return None


def _people(reading: _Reading) -> list[int]:
    """The rows that are about somebody."""
    header, rows = reading.found.header, reading.found.sheet.rows
    assert header is not None
    name_at = header.columns.get("姓名", -1)
    plainly = name_at > 0 and reading.found.kind.use not in PREFILLED
    data = []
    for row in range(header.end, len(rows)):
        cells = rows[row]
        text = cells[name_at]
        if plainly and cells[0].__class__ is float and text.__class__ is str and text:  # a number and a name: what most rows begin with
            kind, name, suffix = named(str(text))
            if kind == "person" and name and not suffix:
                reading.names.append(name)
                reading.groups.append(reading.group)
                data.append(row)
                continue
        if _is_person(reading, row):
            data.append(row)
    return data


def _is_person(reading: _Reading, row: int) -> bool:
    """Notes who the row is about; False for an empty row, a total, a note or a group title."""
    assert reading.found.header is not None
    name_at = reading.found.header.columns.get("姓名", -1)
    cells = reading.found.sheet.rows[row]
    raw = cells[name_at] if name_at >= 0 else ""
    text = raw if raw.__class__ is str else words(raw)
    first = 0 if cells[0] != "" else next((place for place, value in enumerate(cells) if value != ""), -1)
    if first < 0:
        return False
    opening = cells[first]
    if opening.__class__ is str:
        line = "" if signed_by(text) and _has_values(reading, cells) else kind_of_line(opening)
        if line and (not text.strip() or (line != "note" and first not in reading.items)):
            return False
        if cells.count("") == len(cells) - 1:
            return _lonely(reading, row, first, str(opening), line)
    if not text or text.isspace():
        return _without_name(reading, row, name_at)
    if signed_by(text) and not _has_values(reading, cells):
        return False
    if reading.found.kind.use in PREFILLED and _is_blank(reading, cells):
        return False
    return _person(reading, row, name_at, text)


def _has_values(reading: _Reading, cells: list[object]) -> bool:
    """True when a number or a grade stands in a column that is used."""
    return any(cells[place].__class__ is float or cells[place] in GRADES for place in reading.items)


PREFILLED = (Use.WORK_LEDGER, Use.ADJUSTMENTS)
"""Sheets that are sent out with more rows for a person than may be needed: a row that says nothing is no matter."""


def _is_blank(reading: _Reading, cells: list[object]) -> bool:
    """True when a row names a person and says nothing more."""
    assert reading.found.header is not None
    return all(cells[place] == "" for item, place in reading.found.header.columns.items() if item not in IDENTITY)


def _lonely(reading: _Reading, row: int, place: int, text: str, line: str) -> bool:
    """A row with one cell: the department of the rows below (一、办公室), a note, or a person of whom nothing is said."""
    assert reading.found.header is not None
    if line:
        return False
    across, name_at = row in reading.across, reading.found.header.columns.get("姓名", -1)
    if department := department_of(text, across):
        reading.group = department
    elif across or is_sentence(text):
        reading.problems.append(ROW_IGNORED.at(reading.cell(row, place), found=text))
    elif place == name_at:
        return reading.found.kind.use not in PREFILLED and _person(reading, row, place, text)
    else:
        return _without_name(reading, row, name_at)
    return False


def _without_name(reading: _Reading, row: int, name_at: int) -> bool:
    """Values without a name are a problem."""
    cells = reading.found.sheet.rows[row]
    if any(cells[place] != "" for place in reading.items):
        reading.nameless += 1
        reading.problems.append(NO_NAME.at(reading.cell(row, name_at)))
    return False


def _person(reading: _Reading, row: int, name_at: int, text: str) -> bool:
    kind, name, suffix = named(text)
    if kind != "person":
        cell = reading.cell(row, name_at)
        reading.nameless += kind != "none"
        if kind == "two":
            reading.problems.append(TWO_NAMES.at(cell, found=text))
        elif (bad := unreadable(text)) is not None:
            reading.problems.append(bad.fault.at(cell, "这一行", item="姓名", found=bad.found))
        return False
    if suffix:
        reading.problems.append(NAME_SUFFIX.at(reading.cell(row, name_at), name, found=text, suffix=suffix))
    reading.names.append(name)
    reading.groups.append(reading.group)
    return True


def _places(reading: _Reading, data: list[int], item: str) -> list[str]:
    """The departments, units or numbers that the rows name; a dash names none, 同上 withholds its row."""
    assert reading.found.header is not None
    at, rows = reading.found.header.columns.get(item, -1), reading.found.sheet.rows
    if at < 0:
        return [""] * len(data)
    raws = [rows[row][at] for row in data]
    known = {raw: place_named(raw) for raw in set(raws)}
    if None in known.values():
        for place, (row, raw) in enumerate(zip(data, raws, strict=True)):
            if known[raw] is None:
                _no_place(reading, place, reading.cell(row, at), item, raw)
    return [known[raw] or "" for raw in raws]


def _no_place(reading: _Reading, place: int, cell: Cell, item: str, raw: object) -> None:
    """A number that lost its last digits (the name must do), or what no cell can be read from."""
    if (bad := unreadable(raw)) is None:
        reading.problems.append(NUMBER_LOST_DIGITS.at(cell, item=item))
        return
    reading.spoiled.add(place)
    reading.problems.append(bad.fault.at(cell, reading.names[place], item=item, found=bad.found))


def _unmerge(reading: _Reading) -> list[tuple[int, int, int, int]]:
    """Notes where things are; fills merged cells of who and where downwards; returns the other merges that span rows."""
    header, sheet = reading.found.header, reading.found.sheet
    assert header is not None
    reading.items = frozenset(place for name, place in header.columns.items() if name not in IDENTITY)
    reading.across = frozenset(top - sheet.top - 1 for top, left, bottom, right in sheet.merges if top == bottom and right > left)
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
