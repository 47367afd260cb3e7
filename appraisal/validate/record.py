"""A weekly or monthly record (附件1, 附件2 of 济宁): a form about one person, with a list of tasks inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from appraisal.model import Table
from appraisal.notation import label
from appraisal.problems import Problem
from appraisal.recognise import Recognised
from appraisal.record_forms import TASKS, Task
from appraisal.standard import TASK_COLUMNS, Standard
from appraisal.validate.form import Form, read_form
from appraisal.validate.values import read_text

_TEXTS = TASK_COLUMNS[1:]
_AFTER = ("备注", "注", "说明")
"""Words that begin a note below the list."""


def read_record(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """The table of the form; its tasks stand in `facts`, as they are text about one person and count nowhere."""
    table, problems = read_form(found, standard)
    return replace(table, facts={**table.facts, TASKS: tuple(_tasks(Form(found)))}), problems


def _tasks(form: Form) -> Iterator[Task]:
    """The rows between the list's header and the next label of the form that say anything."""
    head = next((row for row in range(form.found.start, len(form.rows)) if _columns(form.rows[row])), None)
    if head is None:
        return
    columns = _columns(form.rows[head])
    for row in range(head + 1, len(form.rows)):
        if _ends(form, row):
            return
        progress, state, finished = (_between(form.rows[row], start, end) for start, end in columns)
        if progress or state or finished:
            yield Task(progress, state, finished, form.cell((row, columns[0][0])))


def _columns(row: Sequence[object]) -> list[tuple[int, int]]:
    """Where each text of a task begins and where the next one does; empty unless the row is the list's header."""
    labels = [label(value) if isinstance(value, str) else "" for value in row]
    if any(name not in labels for name in _TEXTS):
        return []
    starts = [labels.index(name) for name in _TEXTS]
    ends = sorted([*starts, len(row)])
    return [(start, ends[ends.index(start) + 1]) for start in starts]


def _ends(form: Form, row: int) -> bool:
    """True for a row that holds a label of the form, or a note."""
    opening = next((value for value in form.rows[row] if value != ""), "")
    return any(line == row for line, _ in form.label_places) or (isinstance(opening, str) and label(opening).startswith(_AFTER))


def _between(row: Sequence[object], start: int, end: int) -> str:
    """The first value of some cells as text."""
    return next((str(read_text(value) or "") for value in row[start:end] if value != ""), "")
