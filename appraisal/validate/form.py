"""A paper form, one person per tab → a table of one row: blanks beside their labels, ticks below their boxes, days in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from appraisal.model import Cell, Table
from appraisal.notation import BLANKS, amount, label, name_and_suffix, person_name, plain, ticked, words
from appraisal.problems import LEAVE_NOT_SPLIT, MISSING_LABEL, NAME_SUFFIX, NO_NAME, NO_TICK, TWO_TICKS, UNKNOWN_MARK, Problem
from appraisal.recognise import Recognised
from appraisal.standard import LEAVE, Column, SheetKind, Standard, Value
from appraisal.validate.answer import Bad
from appraisal.validate.values import read_days, read_text

Place = tuple[int, int]
Values = dict[str, tuple[object, Place]]

_DAYS_IN_TEXT = re.compile(r"(病假|事假|旷工|年休假?|法定假期?|加班补休|补休)[^()\d病事旷年法加补]{0,4}[(]?\s*(\d+(?:\.\d+)?|半)?\s*[)]?\s*天")
_COMBINED = re.compile(r"((?:(?:病假|事假|年休假?|法定假期?|加班补休)[、和及,]?){2,})[^()\d]{0,4}[(]?\s*(\d+(?:\.\d+)?)?\s*[)]?\s*天")
_LONG = {"年休假": "年休", "法定假期": "法定假", "补休": "加班补休"}
_SIGNATURE = re.compile(r"\s*[(（]?(?:处室或分支机构负责人)?[)）]?\s*签\s*[字名]\s*[:：].*", re.DOTALL)
_WHO = re.compile(r"(姓名|工号|科室|职务)[:：]\s*(\S+)")


@lru_cache(maxsize=64)
def _labels_of(kind: SheetKind) -> dict[str, str]:
    return {label(word): column.name for column in kind.columns for word in (*column.aliases, column.name)}


class Form:
    """A tab as a form: where each label stands and what is beside it."""

    def __init__(self, found: Recognised) -> None:
        self.found = found
        self.rows = found.sheet.rows
        self.labels: dict[str, list[Place]] = {}
        known = _labels_of(found.kind)
        for row, place, value in self.filled(found.start):
            if isinstance(value, str) and (item := known.get(label(value))) is not None:
                self.labels.setdefault(item, []).append((row, place))
        self.label_places = {place for places in self.labels.values() for place in places}

    def filled(self, first: int = 0) -> Iterator[tuple[int, int, object]]:
        for row in range(first, len(self.rows)):
            for place, value in enumerate(self.rows[row]):
                if value != "":
                    yield row, place, value

    def cell(self, where: Place) -> Cell:
        sheet = self.found.sheet
        return Cell(self.found.file, sheet.name, where[0] + sheet.top + 1, where[1] + sheet.left + 1)

    def beside(self, item: str) -> tuple[object, Place] | None:
        """The value right of a label (up to the next label), else in the label's own cell after a colon."""
        for row, place in self.labels.get(item, ()):
            for right in range(place + 1, len(self.rows[row])):
                if (row, right) in self.label_places:
                    break
                if self.rows[row][right] != "":
                    return self.rows[row][right], (row, right)
        return None

    def blank_after(self, item: str) -> Place:
        """Where the value of a label should stand: the cell right of it."""
        row, place = self.labels.get(item, [(0, 0)])[0]
        return row, min(place + 1, max(len(self.rows[row]) - 1, 0)) if self.rows else 0


def read_form(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """One person's form: name and place, ticks, days and texts."""
    form = Form(found)
    problems: list[Problem] = []
    who = _who(form, problems)
    name = who["姓名"]
    values: Values = {}
    if any(column.value is Value.DAYS for column in found.kind.columns):
        values |= _days(form, name, problems)
    for column in found.kind.blanks:
        if column.value is Value.TICK:
            values |= _tick(form, column, name, problems, standard)
        elif column.value is Value.TEXT and (beside := form.beside(column.name)) is not None:
            values[column.name] = (read_text(_SIGNATURE.sub("", beside[0]) if isinstance(beside[0], str) else beside[0]), beside[1])
    spoiled = any(problem.is_error for problem in problems)
    line = form.cell(form.labels["姓名"][0]).row if "姓名" in form.labels else found.sheet.top + 1
    table = Table(
        found.kind.title,
        found.period,
        found.file,
        found.sheet.name,
        (line,) if name else (),
        (name,) if name else (),
        (who["工号"],) if name else (),
        (who["科室"],) if name else (),
        (who["呈报单位"],) if name else (),
        {item: (value,) for item, (value, _) in values.items()} if name else {},
        {item: form.cell(place).column for item, (_, place) in values.items()} | {"姓名": form.cell(form.blank_after("姓名")).column},
        {item: form.cell(place).row for item, (_, place) in values.items()},
        frozenset({0}) if spoiled and name else frozenset(),
        title=" ".join(plain(value) for _, _, value in form.filled() if isinstance(value, str) and len(value) < 40 and form.found.start > 0)[:80],
    )
    return table, tuple(problems)


def _who(form: Form, problems: list[Problem]) -> dict[str, str]:
    """Who the form is about, from labels with a value beside or 姓名：张三 in one cell."""
    who = {"姓名": "", "工号": "", "科室": "", "呈报单位": ""}
    for item in who:
        if (beside := form.beside(item)) is not None:
            who[item] = words(beside[0])
    for _, _, value in form.filled():
        if isinstance(value, str) and ":" in (text := plain(value)):
            for item, inline in _WHO.findall(text):
                if item in who and not who[item]:
                    who[item] = inline
    bare, suffix = name_and_suffix(who["姓名"])
    for item in ("科室", "呈报单位"):
        who[item] = "".join(who[item].split())
    who["姓名"] = person_name(bare)
    if suffix and who["姓名"]:
        problems.append(NAME_SUFFIX.at(form.cell(form.blank_after("姓名")), who["姓名"], found=f"{bare}（{suffix}）", suffix=suffix))
    if not who["姓名"]:
        blank = any(value not in ("", None) for _, _, value in form.filled(form.found.start)) and "姓名" in form.labels
        problems.append(NO_NAME.at(form.cell(form.blank_after("姓名"))) if blank else MISSING_LABEL.at(Cell(form.found.file, form.found.sheet.name), title=form.found.kind.title, label="姓名"))
    return who


# ---- ticks -------------------------------------------------------------------------------------------------------------


def _tick(form: Form, column: Column, name: str, problems: list[Problem], standard: Standard) -> Values:
    """The one box that is ticked under (or in) the four grades beside a label."""
    places = form.labels.get(column.name)
    options = _options(form, column, places[0] if places else None)
    if not places or not options:
        if column.required:
            problems.append(MISSING_LABEL.at(Cell(form.found.file, form.found.sheet.name), name, title=form.found.kind.title, label=column.name))
        return {}
    marks: list[tuple[str, Place]] = []
    for grade, boxes in options:
        for row, place in boxes:
            value = form.rows[row][place]
            answer = ticked(_mark_of(value, grade))
            if answer is None:
                problems.append(UNKNOWN_MARK.at(form.cell((row, place)), name, item=column.name, grade=grade, found=words(value)))
                return {}
            if answer:
                marks.append((grade, (row, place)))
                break
    if len(marks) == 1:
        return {column.name: marks[0]}
    if len(marks) > 1:
        problems.append(TWO_TICKS.at(form.cell(marks[1][1]), name, item=column.name, found="、".join(grade for grade, _ in marks)))
    elif column.filled:
        problems.append(NO_TICK.at(form.cell(options[0][1][0]), name, item=column.name))
    return {}


def _mark_of(value: object, grade: str) -> object:
    """What is written beside a grade word in its own cell (☑好, 好√), or the cell itself."""
    text = "".join(words(value).split())
    return text.replace(grade, "", 1) if grade in text else value


def _grade_row(form: Form, row: int, grades: tuple[str, ...]) -> list[tuple[str, int]]:
    """The columns of the four grade words when all of them stand in this row, in order."""
    places: list[tuple[str, int]] = []
    for place, value in enumerate(form.rows[row]):
        text = "".join(words(value).split()) if value != "" else ""
        for grade in grades:
            if text == grade or (text.replace(grade, "", 1) != text and len(text) <= len(grade) + 2 and grade == _longest(text, grades)):
                places.append((grade, place))
                break
    return places if [grade for grade, _ in places] == list(grades) else []


def _longest(text: str, grades: tuple[str, ...]) -> str:
    return max((grade for grade in grades if grade in text), key=len, default="")


def _options(form: Form, column: Column, at: Place | None) -> list[tuple[str, list[Place]]]:
    """Each grade with the cells in which its tick may stand."""
    if at is None:
        return []
    rows = [(row, found) for row in range(form.found.start, len(form.rows)) if (found := _grade_row(form, row, column.choices))]
    near = [(row, found) for row, found in rows if at[0] <= row <= at[0] + 2]
    if near:
        row, found = near[0]
        inline = any(ticked(_mark_of(form.rows[row][place], grade)) for grade, place in found) or any(words(form.rows[row][place])[:1] in ("□", "☐", "☑") for _, place in found)
        below = row if inline or row + 1 >= len(form.rows) else row + 1
    else:
        above = [(row, found) for row, found in rows if row < at[0]]
        if not above:
            return []
        found, below = above[-1][1], at[0]
    ends = [place for _, place in found[1:]] + [min(found[-1][1] + max(found[-1][1] - found[-2][1], 1), len(form.rows[below]))]
    return [(grade, [(below, spot) for spot in range(place, max(end, place + 1)) if spot < len(form.rows[below])]) for (grade, place), end in zip(found, ends, strict=True)]


# ---- days --------------------------------------------------------------------------------------------------------------


def _days(form: Form, name: str, problems: list[Problem]) -> Values:
    """Days of leave, this month's and the year's, whether in labelled cells, a small grid, or a sentence with blanks."""
    values: Values = {}
    for row, place, value in form.filled(form.found.start):
        if isinstance(value, str) and "天" in value and "假" in value:
            _sentence(form, plain(value), (row, place), name, values, problems)
    seen: set[str] = set()
    for kind in LEAVE:
        for prefix in ("", "累计"):
            item = prefix + kind
            for where in form.labels.get(item, ()):
                for target, at in _day_cells(form, item, where):
                    seen.add(target)
                    raw = form.rows[at[0]][at[1]]
                    days = read_days(raw) if label(words(raw)) not in BLANKS or words(raw) == "0" else None
                    if isinstance(days, Bad):
                        problems.append(days.fault.at(form.cell(at), name, item=target, found=days.found))
                    else:
                        values.setdefault(target, (days, at))
    for kind in ("病假", "事假"):
        if kind not in values and kind not in seen:
            problems.append(MISSING_LABEL.at(Cell(form.found.file, form.found.sheet.name), name, title=form.found.kind.title, label=kind))
    return values


def _day_cells(form: Form, item: str, at: Place) -> Iterator[tuple[str, Place]]:
    """The cells that hold a labelled number of days: right of the label, or below it in a grid with rows 本月 and 全年累计."""
    row, place = at
    right = next((spot for spot in range(place + 1, len(form.rows[row])) if (row, spot) in form.label_places or form.rows[row][spot] != ""), None)
    grid = row + 1 < len(form.rows) and (right is None or (row, right) in form.label_places)
    to_date = item.startswith("累计") or _is_to_date(form, row, place)
    bare = item.removeprefix("累计")
    if not grid or not _grid_below(form, row, place):
        spot = place + 1
        if spot < len(form.rows[row]) and (row, spot) not in form.label_places:
            filled = right if right is not None and (row, right) not in form.label_places else spot
            yield (f"累计{bare}" if to_date else bare), (row, filled)
        else:
            yield (f"累计{bare}" if to_date else bare), at if spot >= len(form.rows[row]) else (row, spot)
        return
    for below in range(row + 1, min(row + 3, len(form.rows))):
        heading = _row_heading(form, below, place)
        if below == row + 1 or "累计" in heading:
            yield (f"累计{bare}" if "累计" in heading else bare), (below, place)


def _grid_below(form: Form, row: int, place: int) -> bool:
    """True when the row below a row of leave labels holds their numbers (or 本月 stands at its head)."""
    labels_in_row = [spot for (line, spot) in form.label_places if line == row]
    return len(labels_in_row) >= 2 and (row + 1, place) not in form.label_places and (
        "本月" in _row_heading(form, row + 1, place) or amount(form.rows[row + 1][place]) is not None or all(form.rows[row + 1][spot] == "" or amount(form.rows[row + 1][spot]) is not None for spot in labels_in_row)
    )


def _row_heading(form: Form, row: int, place: int) -> str:
    return "".join(words(value) for value in form.rows[row][:place] if isinstance(value, str))


def _is_to_date(form: Form, row: int, place: int) -> bool:
    """True when the words left of a label on its row say 全年累计 after any 本月."""
    heading = _row_heading(form, row, place)
    return heading.rfind("累计") > heading.rfind("本月")


def _sentence(form: Form, text: str, at: Place, name: str, values: Values, problems: list[Problem]) -> None:
    """本月请病假（2）天、事假（ ）天… 全年累计病假（5）天: days inside a sentence; one blank for several kinds only when it is 0."""
    for part, prefix in zip(re.split(r"(?:全年)?累计", text, maxsplit=1), ("", "累计"), strict=False):
        combined = _COMBINED.search(part)
        if combined:
            if (number := combined[2]) and float(number) != 0:
                problems.append(LEAVE_NOT_SPLIT.at(form.cell(at), name, item=prefix + combined[1].rstrip("、和及,"), found=number))
            for kind in re.findall("|".join(LEAVE), combined[1]):
                values[prefix + kind] = (None, at)
        for kind, number in _DAYS_IN_TEXT.findall(_COMBINED.sub("", part)):
            values[prefix + _LONG.get(kind, kind)] = (read_days("半天" if number == "半" else number), at)
