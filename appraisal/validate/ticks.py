"""Ticks on a paper form: below, beside or above the four grade words."""

from __future__ import annotations

from collections.abc import Sequence

from appraisal.notation import ticked, words
from appraisal.problems import NO_TICK, TWO_TICKS, UNKNOWN_MARK, Problem
from appraisal.standard import Column
from appraisal.validate.paper import Form, Place, Values

CIRCLE = "○"


def read_tick(form: Form, column: Column, name: str, problems: list[Problem]) -> Values:
    """The one box that is ticked under (or in) the four grades beside a label."""
    places = form.labels.get(column.name)
    options = _options(form, column, places[0] if places else None)
    if not places or not options:
        if column.required:
            problems.append(form.lacks(column.name, name))
        return {}
    marks: list[tuple[str, Place]] = []
    circled: list[tuple[str, Place]] = []
    for grade, boxes in options:
        for row, place in boxes:
            value = form.rows[row][place]
            if words(value) == CIRCLE:
                circled.append((grade, (row, place)))
            answer = ticked(_mark_of(value, grade))
            if answer is None:
                problems.append(UNKNOWN_MARK.at(form.cell((row, place)), name, item=column.name, grade=grade, found=words(value)))
                return {}
            if answer:
                marks.append((grade, (row, place)))
                break
    if not marks and len(circled) == 1:  # one circle among empty boxes is a tick, four are boxes
        marks = circled
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
        below = row if _inline(form.rows[row], found) or row + 1 >= len(form.rows) else row + 1
    else:
        above = [(row, found) for row, found in rows if row < at[0]]
        if not above:
            return []
        found, below = above[-1][1], at[0]
    ends = [place for _, place in found[1:]] + [min(found[-1][1] + max(found[-1][1] - found[-2][1], 1), len(form.rows[below]))]
    width = len(form.rows[below])
    return [(grade, [(below, spot) for spot in range(place, max(end, place + 1)) if spot < width]) for (grade, place), end in zip(found, ends, strict=True)]


def _inline(cells: Sequence[object], found: list[tuple[str, int]]) -> bool:
    """True when boxes or ticks stand in the cells of the grade words themselves."""
    return any(ticked(_mark_of(cells[place], grade)) or words(cells[place])[:1] in ("□", "☐", "☑") for grade, place in found)
