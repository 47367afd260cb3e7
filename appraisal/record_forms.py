"""The paper records of one person's week or month (附件1, 附件2 of 济宁) as nouns: their texts and their list of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from appraisal.directory import Directory
from appraisal.model import Cell, Period, Table
from appraisal.problems import Problem
from appraisal.standard import MONTH_RECORD

TASKS = "任务"
"""Under which word a record's tasks stand in `Table.facts`."""


class Task(Struct, frozen=True):
    """One line of a record's list: what was to be done (工作任务进度), how it ended (完结情况), when (完结时间)."""

    progress: str
    state: str
    finished: str
    cell: Cell


class Record(Struct, frozen=True):
    """One person's own monthly form as handed in: its labelled texts, and its tasks in order."""

    texts: Mapping[str, str]
    tasks: tuple[Task, ...]
    cell: Cell


Records = Mapping[tuple[int, Period], Record]
"""By index of the person on the roster, and month."""


def records_of(tables: Sequence[Table], directory: Directory) -> Records:
    """Everybody's monthly form; of two for one month the first counts. Forms of unknown people were reported when merged."""
    found: dict[tuple[int, Period], Record] = {}
    for table in tables:
        if table.kind != MONTH_RECORD.title or table.period is None:
            continue
        around = f"{table.title} {table.sheet} {table.file}"
        for place, name in enumerate(table.names):
            cell = table.cell(place, "姓名")
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], around, cell)
            if not isinstance(index, Problem):
                found.setdefault((index, table.period), _record(table, place, cell))
    return found


def _record(table: Table, place: int, cell: Cell) -> Record:
    texts = {item: str(column[place]) for item, column in table.columns.items() if column[place] is not None}
    tasks = table.facts.get(TASKS, ())
    assert isinstance(tasks, tuple)
    return Record(texts, tasks, cell)
